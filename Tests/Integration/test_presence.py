"""Product §4: what a roster shows."""
from harness.process import eventually


def of_the_board(seen):
    """The server itself sends unavailable presence from the bare address to those who are not subscribed yet."""
    return "/" in seen.sender


def test_a_person_with_a_role_who_subscribes_is_approved_and_subscribed_back(garden):
    garden.alice.subscribe(garden.perch.jid)
    garden.alice.wait_presence(garden.perch.jid, "subscribed")
    garden.alice.wait_presence(garden.perch.jid, "subscribe")
    garden.alice.approve(garden.perch.jid)
    seen = garden.alice.wait_presence(garden.perch.jid, "available")
    assert seen.show is None
    assert garden.alice.roster()[garden.perch.jid] == "both"


def test_the_status_says_the_state_in_words_and_follows_it(garden):
    garden.perch.ask("sensor air 21.44")
    garden.alice.subscribe(garden.perch.jid)
    seen = garden.alice.wait_presence(garden.perch.jid, "available")
    assert len(seen.status) <= 120
    garden.say("lamp on")
    seen = garden.alice.wait_presence(garden.perch.jid, deadline=25, matching=lambda seen: "lamp on" in (seen.status or ""))
    assert seen.show is None and " · " in seen.status
    garden.say("lamp off")
    later = garden.alice.wait_presence(
        garden.perch.jid, after=garden.alice.presences.index(seen) + 1, deadline=25, matching=lambda seen: "lamp on" not in (seen.status or ""))
    assert later.type == "available"


def test_a_failed_sensor_shows_as_away_with_the_reason(garden):
    garden.alice.subscribe(garden.perch.jid)
    garden.alice.wait_presence(garden.perch.jid, "available")
    garden.perch.ask("fail air the wire is loose")
    seen = garden.alice.wait_presence(garden.perch.jid, deadline=30, matching=lambda seen: seen.show == "away")
    assert "air" in seen.status


def test_an_alarm_shows_as_dnd_and_comes_first(prosody, person, perch):
    alice = person("alice", prosody)
    more = "\n[sensor heat]\npart = ds18b20\nsource = simulated:heat\nreport = change 0.5 every 1s..15min\nalarm = above 30 clear 28\n"
    board = perch(prosody, people={alice: "admin"}, reports=[alice], more=more)
    board.ask("sensor heat 21")
    alice.subscribe(board.jid)
    alice.wait_presence(board.jid, "available")
    board.ask("sensor heat 31.5")
    seen = alice.wait_presence(board.jid, deadline=30, matching=lambda seen: seen.show == "dnd")
    assert "heat" in seen.status.split(" · ")[0]
    assert alice.next_message(board.jid, matching=lambda m: "heat" in m.body and "31.5" in m.body, deadline=20)
    board.ask("sensor heat 25")
    alice.wait_presence(board.jid, after=alice.presences.index(seen) + 1, deadline=30, matching=lambda seen: seen.show is None)


def test_a_person_who_is_removed_is_unsubscribed_both_ways(prosody, person, perch):
    alice, bob = person("alice", prosody), person("bob", prosody)
    board = perch(prosody, people={alice: "admin", bob: "viewer"})
    bob.subscribe(board.jid)
    bob.wait_presence(board.jid, "subscribe")
    bob.approve(board.jid)
    bob.wait_presence(board.jid, "available")
    del board.people[bob]
    board.write()
    board.reload()
    bob.wait_presence(board.jid, "unavailable", matching=of_the_board)
    eventually(lambda: bob.roster().get(board.jid, "none") == "none", what="the end of the subscription")


def test_stopping_on_purpose_is_told_with_a_status_and_ends_with_success(garden):
    import signal
    garden.alice.subscribe(garden.perch.jid)
    garden.alice.wait_presence(garden.perch.jid, "available")
    garden.say("lamp on")
    garden.perch.process.send_signal(signal.SIGTERM)
    gone = garden.alice.wait_presence(garden.perch.jid, "unavailable", matching=of_the_board)
    assert gone.status
    assert garden.perch.process.wait() == 0
