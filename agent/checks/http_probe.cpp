#include "agent/checks/http_probe.hpp"

#include "agent/checks/asio_address.hpp"
#include "agent/checks/lifetime.hpp"
#include "agent/http/get.hpp"

namespace failover::checks {
namespace {

class HttpProbe final : public Probe {
 public:
  HttpProbe(boost::asio::io_context& context, const config::HttpTrack& track)
      : context_(context), track_(track) {}
  HttpProbe(const HttpProbe&) = delete;
  HttpProbe& operator=(const HttpProbe&) = delete;
  ~HttpProbe() override { end(); }

  void ask(Duration, Done done) override {
    end();
    get_ = http::get(context_,
                     {.server = {asio_address(track_.address), track_.port},
                      .host = track_.host,
                      .target = track_.target},
                     attempt_.guard([this, done](const http::GetResult& result) {
                       done(result ? judge(*result) : why_not(result.error()));
                     }));
  }

  Finding give_up(Duration timeout) override {
    end();
    return no_answer(timeout);
  }

 private:
  void end() {
    attempt_.renew();
    if (get_) get_->cancel();
    get_.reset();
  }

  [[nodiscard]] Finding judge(unsigned status) const {
    const bool wanted = status >= track_.status_least && status <= track_.status_most;
    return {wanted ? Verdict::good : Verdict::bad, "status " + std::to_string(status)};
  }

  [[nodiscard]] static Finding why_not(const http::GetFailure& failure) {
    if (failure.network) return refusal(failure.network);
    return {Verdict::bad, std::string(failure.text)};
  }

  boost::asio::io_context& context_;
  config::HttpTrack track_;
  Lifetime attempt_;
  std::shared_ptr<http::Get> get_;
};

}  // namespace

std::unique_ptr<Probe> make_http_probe(boost::asio::io_context& context,
                                       const config::HttpTrack& track) {
  return std::make_unique<HttpProbe>(context, track);
}

}  // namespace failover::checks
