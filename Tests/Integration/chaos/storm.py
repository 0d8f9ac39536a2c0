"""A storm over several servers at the same time, long or short."""
import concurrent.futures
import os
import random

from .history import Limits
from .trial import Trial

# Seconds from the end of a fault to the first reply or reading that was sent after it.
# A board that has failed again and again pauses for minutes between its attempts; a run of faults must stay below that.
RECOVERY = 60
# A command is executed at most this long after it was said: probe after 60 s of silence, 30 s for its answer.
LATENESS = 95

QUICK = [
    "delays", "pieces", "stall", "reset", "closed", "answers_swallowed", "commands_swallowed", "server_half_open", "refused", "server_killed",
    "board_frozen", "board_killed",
]
ALL = QUICK + ["black_hole", "board_half_open", "closed_at_once", "ignored", "server_stopped", "server_frozen", "board_restarted"]


def seed():
    """$CHAOS_SEED, else a new one."""
    return int(os.environ.get("CHAOS_SEED") or random.SystemRandom().randrange(10**6))


def blow(servers, folder, seconds, number, short=False, tell=print):
    """Runs on all of `servers`, name -> server, at once. Name -> (trial, verdict)."""
    trials = {}
    for name, server in servers.items():
        trials[name] = Trial(
            server, os.path.join(str(folder), "chaos-" + name.replace(" ", "-")), seconds, f"{number} {name}", QUICK if short else ALL,
            Limits(RECOVERY, LATENESS, warm_up=15 if short else 60), gap=(0.5, 2) if short else (4, 14), settle=20 if short else 60,
            patience=0.25 if short else 1, name=name, tell=tell)
    with concurrent.futures.ThreadPoolExecutor(len(trials)) as threads:
        runs = {name: threads.submit(trial.run) for name, trial in trials.items()}
        return {name: (trials[name], run.result()) for name, run in runs.items()}
