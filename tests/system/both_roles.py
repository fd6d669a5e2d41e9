"""What has to work between us and every other VRRP program."""

from harness.meeting import BETTER, WORSE


class BothRoles:
    """The tests; a subclass brings the settings and the other program by its fixture `meeting`."""

    def test_it_backs_us_up_and_our_planned_moves_to_it_lose_no_probe(self, meeting):
        meeting.begin(ours=BETTER, theirs=WORSE)
        meeting.wait_for_active(meeting.ours)
        meeting.assert_it_takes_over_without_loss(meeting.stop_ours)
        meeting.wait_for_active(meeting.theirs, beside=False)
        assert meeting.ours.holds_none(), meeting.network.describe()
        meeting.ours.start()
        meeting.wait_for_active(meeting.ours)
        meeting.assert_our_reason("priority")
        meeting.assert_it_takes_over_without_loss(meeting.switchover)
        meeting.wait_for_active(meeting.theirs)

    def test_it_takes_over_when_we_crash(self, meeting):
        meeting.begin(ours=BETTER, theirs=WORSE)
        meeting.wait_for_active(meeting.ours)
        meeting.network.crash(meeting.ours.node)
        meeting.wait_for_active(meeting.theirs, beside=False)

    def test_we_back_it_up_take_over_when_it_stops_and_yield_when_it_is_back(self, meeting):
        meeting.begin(ours=WORSE, theirs=BETTER)
        meeting.wait_for_active(meeting.theirs)
        meeting.theirs.stop()
        meeting.wait_for_active(meeting.ours, beside=False)
        meeting.assert_our_reason("peer-left")
        meeting.theirs.start()
        meeting.wait_for_active(meeting.theirs)
        meeting.assert_our_reason("preempted")

    def test_we_take_over_when_it_crashes(self, meeting):
        meeting.begin(ours=WORSE, theirs=BETTER)
        meeting.wait_for_active(meeting.theirs)
        meeting.network.crash(meeting.theirs.node)
        meeting.wait_for_active(meeting.ours, beside=False)
        meeting.assert_our_reason("no-response")
