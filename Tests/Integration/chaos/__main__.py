"""make chaos: CHAOS_SECONDS (600: the whole of it), CHAOS_SEED, CHAOS_SERVERS (all four, else names with commas),
CHAOS_LOGS (a folder for what happened when)."""
import os
import sys
import tempfile

from harness.servers import SERVERS, make_server

from .storm import blow, seed
from .table import by_fault, by_server

END = 90  # seconds of CHAOS_SECONDS for the servers to start, the last fault to pass and the last readings to arrive

# Prosody 0.12 stays as it comes, which keeps a lost session for longer than the board allows: there it logs in anew each time.
# On the others sessions are resumed; Prosody needs to be told for how long (docs/servers.md).
OPTIONS = {"prosody 13": {"more": "smacks_hibernation_time = 60\n"}}


def main():
    seconds, number = float(os.environ.get("CHAOS_SECONDS") or 600), seed()
    names = [name.strip() for name in (os.environ.get("CHAOS_SERVERS") or ",".join(SERVERS)).split(",")]
    unknown = [name for name in names if name not in SERVERS]
    if unknown:
        sys.exit(f"no server {', '.join(unknown)}; servers: {', '.join(SERVERS)}")
    print(f"CHAOS_SEED={number}, {seconds:.0f} s on {', '.join(names)}", flush=True)
    with tempfile.TemporaryDirectory(prefix="perch-chaos.") as folder:
        servers, bad = {}, False
        try:
            for name in names:
                servers[name] = make_server(name, os.path.join(folder, name.replace(" ", "-")), **OPTIONS.get(name, {}))
                servers[name].start()
            outcome = blow(servers, folder, max(10, seconds - END), number, tell=lambda text: print(text, file=sys.stderr, flush=True))
        finally:
            for server in servers.values():
                server.stop()
        verdicts = {name: verdict for name, (_, verdict) in outcome.items()}
        print(f"\n{by_fault(verdicts)}\n\n{by_server(verdicts)}\n")
        for name, (trial, verdict) in outcome.items():
            for problem in verdict.problems:
                print(f"{name}: PROBLEM: {problem}")
            if os.environ.get("CHAOS_LOGS"):
                os.makedirs(os.environ["CHAOS_LOGS"], exist_ok=True)
                trial.write_log(os.path.join(os.environ["CHAOS_LOGS"], f"chaos-{name.replace(' ', '-')}-{number}.log"))
            bad = bad or bool(verdict.problems)
        print(f"\nCHAOS_SEED={number}: " + ("not everything went well" if bad else "no command executed twice or answered falsely, no reading lost or doubled"))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
