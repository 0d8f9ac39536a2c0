"""Faults at random, and the judge of what they did. The long form is `make chaos`."""
import contextlib
import os

import pytest

from chaos.history import Command, Drive, Fault, History, Limits, Memory, Reading, Reply, Report, Verdict
from chaos.storm import blow, seed
from chaos.table import by_fault, by_server
from harness.servers import make_server

LIMITS = Limits(recovery=10, lateness=30)


def history(**changes):
    """A run in which all went well."""
    good = dict(
        commands=[Command(1, "l02", 1), Command(2, "l03", 2, [2.5]), Command(3, "l02", 20)],
        drives=[Drive("l02", True, 1.1), Drive("l03", True, 2.1), Drive("l02", False, 20.1)],
        replies=[Reply("1", "l02 is on", 1.2, "a"), Reply("2", "l03 is on", 2.2, "b"), Reply("3", "l02 is off", 20.2, "c")],
        readings=[Reading("air", 1001, 1), Reading("air", 1002, 2), Reading("soil", 1001, 2)],
        reports=[Report("air", 1001, 1.1, "d"), Report("soil", 1001, 2.1, "e"), Report("air", 1002, 2.1, "f")],
        faults=[Fault("reset", 1.5, 1.5, 2.2)], levels={"l02": 0, "l03": 1})
    return History(**{**good, **changes})


def problems(**changes):
    return Verdict(history(**changes), LIMITS).problems


def test_the_judge_finds_nothing_where_all_went_well():
    verdict = Verdict(history(), LIMITS)
    assert verdict.problems == []
    assert (verdict.arrived, len(verdict.answered), verdict.twice) == (3, 3, [])
    assert verdict.rows() == {"reset": [1, 2, 2, 2, 2, 2, pytest.approx(0.7)]}
    assert "| reset | 1 × 0.7 s | 2 / 2 / 2 | 2 / 2 |" in by_fault({"prosody": verdict})
    assert "| commands said, and again under their id | 3, 1 |" in by_server({"prosody": verdict})


def test_the_judge_sees_a_command_that_was_executed_twice():
    drives = history().drives + [Drive("l03", False, 3)]
    assert problems(drives=drives, levels={}) == ["command 2 was executed 2 times: at 2.1 s, 3.0 s"]


def test_the_judge_sees_a_drive_that_nobody_asked_for():
    assert "nobody had asked" in problems(drives=history().drives + [Drive("l09", True, 3)], levels={})[0]


def test_the_judge_sees_an_answer_to_what_was_not_executed():
    drives = [drive for drive in history().drives if drive.line != "l03"]
    assert problems(drives=drives, levels={}) == ['command 2 was answered "l03 is on" and not executed']


def test_the_judge_sees_an_answer_with_the_wrong_level_or_before_the_execution():
    assert "not executed" in problems(replies=[Reply("2", "l03 is off", 2.2)])[0]
    assert "not executed" in problems(replies=[Reply("3", "l02 is off", 19)])[0]


def test_the_judge_sees_a_refusal_of_what_was_executed():
    late = "You said that 14 min ago while I was offline; I did not do it. Say it again if you still mean it."
    assert "and was executed" in problems(replies=[Reply("1", late, 9)])[0]


def test_a_refused_command_that_was_not_executed_is_in_order():
    late = "You said that 14 min ago while I was offline; I did not do it. Say it again if you still mean it."
    verdict = Verdict(history(drives=history().drives[:2], replies=[Reply("3", late, 40)], levels={}), LIMITS)
    assert verdict.problems == [] and verdict.refused == {3}


def test_the_judge_sees_a_late_execution_and_counts_from_the_last_copy():
    late = dict(drives=[Drive("l02", True, 1.1), Drive("l03", True, 2.1), Drive("l02", False, 60)], replies=[])
    assert problems(**late) == ["command 3 was executed 40.0 s after it was said"]
    assert problems(**late, commands=[Command(1, "l02", 1), Command(2, "l03", 2), Command(3, "l02", 20, [55])]) == []


def test_the_judge_sees_that_an_old_command_was_executed_after_a_break():
    drives = [Drive("l02", True, 1.1), Drive("l03", True, 2.1), Drive("l02", False, 25)]
    late = dict(drives=drives, replies=[], commands=[Command(1, "l02", 1), Command(2, "l03", 2), Command(3, "l02", 20)])
    assert problems(**late, interruptions=[24]) == ["command 3 was executed 5.0 s after it was said, though the board was away in between"]
    assert problems(**late, interruptions=[10, 20.5, 24.8, 30]) == []


def test_the_judge_sees_a_lost_reading_and_who_lost_it():
    reports = history().reports[:2]
    assert problems(reports=reports) == ["the reading air 1002 of 2.0 s never came"]
    verdict = Verdict(history(reports=reports, sent={"f": "air 1002 °C"}, taken={"f"}), LIMITS)
    assert verdict.problems == [] and [reading.value for reading in verdict.lost_by_server] == [1002]
    assert problems(reports=reports, readings=[Reading("air", 1001, 1), Reading("air", 1002, 2, certain=False)]) == []
    assert problems(reports=reports, kills=[5]) == [] and len(problems(reports=reports, kills=[1])) == len(problems(reports=reports, kills=[13])) == 1


def test_the_judge_tells_what_was_sent_again_from_what_was_doubled():
    again = Verdict(history(reports=history().reports + [Report("air", 1002, 3, "f")]), LIMITS)
    assert again.problems == [] and again.reports_raw == 1
    assert problems(reports=history().reports + [Report("air", 1002, 3, "g")]) == ["the reading air 1002 came twice as different messages"]
    assert "came twice" in problems(replies=history().replies + [Reply("1", "l02 is on", 1.3, "z")])[0]


def test_the_judge_sees_readings_out_of_order():
    reports = [Report("air", 1002, 1, "a"), Report("air", 1001, 2, "b"), Report("soil", 1001, 3, "c")]
    assert problems(reports=reports) == ["the reading air 1001 came after 1002"]
    assert problems(reports=history().reports + [Report("air", 1001, 4, "d")]) == []  # again under its id


def test_the_judge_sees_a_reading_with_another_time():
    def told(time):
        return problems(readings=[Reading("air", 1001, 1, between=(500, 503))], reports=[Report("air", 1001, 9, "a", True, time)])
    assert told(500) == told(503.5) == told(None) == []
    assert told(510) == ["the reading air 1001 came with a time that is 10.0 s after it was taken"]


def test_the_judge_sees_a_slow_recovery_and_none():
    assert "took 11.0 s" in problems(faults=[Fault("stall", 1, 2, 13)])[0]
    assert "nothing came through" in problems(faults=[Fault("stall", 1, 2)])[0]


def test_the_judge_sees_memory_that_grows_after_the_warm_up():
    samples = [Memory(1, 0, 5000), Memory(1, 30, 8000), Memory(1, 60, 8500), Memory(2, 61, 5000)]
    assert problems(memory=samples) == []
    assert "grew from 8000 to 9100 KB" in problems(memory=samples + [Memory(1, 70, 9100)])[0]


def test_the_judge_sees_a_level_that_the_drives_do_not_explain_and_a_crash():
    assert problems(levels={"l02": 1}) == ["l02 is 1 at the end, which no drive explains"]
    assert problems(levels={"l03": 1}, started=10) == ["l03 is 1 at the end, which no drive explains"]
    assert problems(crashes=["perch ended"]) == ["perch ended"]


def test_no_command_is_executed_twice_and_no_reading_is_lost_in_a_short_storm(tmp_path, authority):
    number, seconds = seed(), float(os.environ.get("CHAOS_SHORT_SECONDS", 25))
    with contextlib.ExitStack() as running:
        # Both so that sessions are resumed.
        servers = {
            name: running.enter_context(make_server(name, tmp_path / name.replace(" ", "-"), authority=authority, more=more))
            for name, more in (("prosody 0.12", "smacks_hibernation_time = 60\n"), ("ejabberd 23.01", ""))}
        outcome = blow(servers, tmp_path, seconds, number, short=True)
    for name, (trial, verdict) in outcome.items():
        trial.write_log(tmp_path / f"chaos-{name}.log")
    verdicts = {name: verdict for name, (_, verdict) in outcome.items()}
    print(by_fault(verdicts), by_server(verdicts), sep="\n\n")
    assert [f"{name}: {problem}" for name, (_, verdict) in outcome.items() for problem in verdict.problems] == [], f"CHAOS_SEED={number}, see {tmp_path}"
