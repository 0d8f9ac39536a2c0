"""A sensor that takes its time, played by a FIFO that nobody writes to: reading it blocks as a driver would."""
import os
import threading


def test_a_sensor_that_hangs_holds_up_neither_commands_nor_other_sensors(prosody, person, perch, tmp_path):
    fifo, rain, level = tmp_path / "slow", tmp_path / "rain", tmp_path / "level"
    os.mkfifo(fifo)
    rain.write_text("12.5 mm\n")
    level.write_text("80\n")
    alice = person("alice", prosody)
    more = "".join(
        f"\n[sensor {name}]\nsource = file:{path}\nreport = every {every}\n"
        for name, path, every in [("slow", fifo, "2s"), ("rain", rain, "1min"), ("level", level, "1min")])
    board = perch(prosody, people={alice: "admin"}, more=more)
    alice.subscribe(board.jid)
    alice.wait_presence(board.jid, "available")

    def ask(text):
        before = len(alice.messages)
        alice.send(board.jid, text)
        return alice.next_message(board.jid, after=before, deadline=20).body

    # While the first reading hangs:
    assert ask("lamp on") == "lamp is on"
    assert ask("rain").startswith("rain 12.5")
    assert ask("level").startswith("level 80.0")
    assert ask("lamp off") == "lamp is off"
    assert "slow failed" not in board.process.text(), "the commands waited for the sensor"
    # Then it is given up, with the reason, and stays so without using more threads.
    seen = alice.wait_presence(board.jid, deadline=30, matching=lambda seen: "slow failed" in (seen.status or ""))
    assert seen.show == "away" and f"{fifo} did not answer within 10 s" in seen.status
    before = len(os.listdir(f"/proc/{board.process.pid}/task"))
    assert ask("lamp on") == "lamp is on"

    def answer():
        while not done.is_set():
            try:
                descriptor = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
                try:
                    os.write(descriptor, b"21.5\n")
                finally:
                    os.close(descriptor)
            except OSError:
                done.wait(0.01)  # nobody reads any more, or yet; nothing tells when somebody does

    done = threading.Event()
    thread = threading.Thread(target=answer)
    thread.start()
    try:
        # What hung comes back, and the next reading is good.
        alice.wait_presence(
            board.jid, after=alice.presences.index(seen) + 1, deadline=40, matching=lambda seen: "slow failed" not in (seen.status or ""))
        assert ask("slow").startswith("slow 21.5")
        assert len(os.listdir(f"/proc/{board.process.pid}/task")) <= before
    finally:
        done.set()
        thread.join()
