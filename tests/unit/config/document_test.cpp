// Reading apart from judging: trees from files and trees from elsewhere.

#include "agent/config/tree_edit.hpp"
#include "protocol/limits.hpp"
#include "tests/unit/config/temporary_directory.hpp"
#include "tests/unit/config/trees.hpp"

namespace failover::tests {
using namespace config;
using namespace config::test;

namespace {

TEST_CASE("A document that was read is judged as the file itself is") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", in_router("advskew = 3\n"));
  directory.write("conf.d/a.toml", "[agent]\nnode = \"a\"\n");
  const auto document = read_document(file);
  REQUIRE(document.has_value());
  const auto judged = judge(*document);
  INFO(errors_text(judged));
  REQUIRE(judged.has_value());
  CHECK(*judged == *read_configuration(file));
}

TEST_CASE("What a document's judge complains about has the places of the files") {
  const TemporaryDirectory directory;
  const auto file = directory.write("failover.toml", in_router("advskew = 300\n"));
  directory.write("conf.d/a.toml", "[agent]\nnod = \"a\"\n");
  const auto document = read_document(file);
  REQUIRE(document.has_value());
  const auto errors = errors_text(judge(*document));
  CHECK(errors == errors_text(read_configuration(file)));
  CHECK(errors.find("a.toml:2:1: agent.nod: unknown key") != std::string::npos);
}

TEST_CASE("A document is refused for its syntax and for what is set twice, not for its meaning") {
  const TemporaryDirectory directory;
  CHECK(read_document(directory.write("a.toml", "[agnet]\n")).has_value());
  CHECK_FALSE(read_document(directory.write("b.toml", "[agent\n")).has_value());
  CHECK_FALSE(read_document(directory / "missing.toml").has_value());
  const auto file = directory.write("failover.toml", "agent.node = \"a\"\n");
  directory.write("conf.d/a.toml", "agent.node = \"b\"\n");
  const auto twice = read_document(file);
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().front().message.starts_with("set twice"));
}

TEST_CASE("A tree from elsewhere has its name in errors, and no line") {
  const auto document = document_of(
      toml_tree("\n\n" + in_router("advskew = 300\npassword_file = \"x\"\n")), "candidate");
  const auto judged = judge(document);
  REQUIRE_FALSE(judged.has_value());
  CHECK(judged.error().front().line == 0);
  CHECK(errors_text(judged).starts_with(
      "candidate: interface.eth0.carp.10.advskew: 300 is out of range; accepted: 0..254\n"));
}

TEST_CASE("Files that a document names mean the same when the tree is kept elsewhere") {
  const TemporaryDirectory directory;
  directory.write("keys/web.key", "mekmitasdigoat\n");
  directory.write("keys/hmac.key", std::string(32, 'K') + "\n");
  const auto file = directory.write("failover.toml",
                                    "[interface.eth0.vrrp.21]\naddresses = [\"10.0.2.1/24\"]\n"
                                    "hmac.keys = [{ id = 1, key_file = \"keys/hmac.key\" }]\n");
  const auto absolute = (directory / "keys/web.key").string();
  directory.write(
      "conf.d/a.toml",
      without_password("password_file = \"../keys/web.key\"\n") +
          "[interface.eth0.carp.11]\naddresses = [\"10.0.0.2/24\"]\npassword_file = \"" + absolute +
          "\"\n");
  const auto document = read_document(file);
  REQUIRE(document.has_value());
  const auto kept = json_text(node_of(document->tree));
  const auto judged = judge(document_of(json_tree(kept), "/elsewhere/revision"));
  INFO(errors_text(judged));
  REQUIRE(judged.has_value());
  CHECK(*judged == *read_configuration(file));
  CHECK(characters(std::get<Secret>(
            at(document->tree, {"interface", "eth0", "carp", "11", "password_file"})->value)) ==
        absolute);
}

TEST_CASE("A file's name that is empty or no text stays what it is, and is refused") {
  const TemporaryDirectory directory;
  for (const auto* const name : {"\"\"", "1"}) {
    const auto file =
        directory.write("my.toml", without_password("password_file = " + std::string(name) + "\n"));
    const auto document = read_document(file);
    REQUIRE(document.has_value());
    CHECK(errors_text(judge(*document)) == errors_text(read_configuration(file)));
  }
}

TEST_CASE("A tree has at most 8 MiB as JSON") {
  const auto tree_of = [](std::size_t bytes) {
    Table tree;
    tree.push_back(
        {.name = "a",
         .place = {},
         .node = node_of(std::string(bytes - std::string_view(R"({"a":""})").size(), 'x'))});
    return document_of(std::move(tree), "candidate");
  };
  CHECK(errors_text(judge(tree_of(limits::configuration_bytes))).find("too large") ==
        std::string::npos);
  CHECK(errors_text(judge(tree_of(limits::configuration_bytes + 1)))
            .starts_with("candidate: is too large; accepted: at most 8388608 bytes as JSON, and it "
                         "has 8388609"));
}

TEST_CASE("Of a tree's errors at most 100 are shown") {
  Table tree;
  for (int i = 1'000; i < 1'200; ++i)
    tree.push_back({.name = "k" + std::to_string(i), .place = {}, .node = node_of(1)});
  const auto judged = judge(document_of(std::move(tree), "candidate"));
  REQUIRE_FALSE(judged.has_value());
  CHECK(judged.error().size() == limits::configuration_errors_shown + 1);
  CHECK(judged.error().back().text() == "candidate: and 100 more");
}

TEST_CASE("null is refused by every key by its type") {
  const auto configuration = judge(document_of(json_tree(R"({"agent": {"node": null}})"), "x"));
  CHECK(errors_text(configuration) ==
        "x: agent.node: must be a string, not null; accepted: 1..64 printable characters without "
        "spaces");
}

}  // namespace
}  // namespace failover::tests
