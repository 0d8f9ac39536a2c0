"""What the integration tests, the demo and the benchmarks stand on: a private Prosody with its own certificate
authority, people who talk to it through slixmpp, perch as a process, a server that misbehaves by script.

Everything listens on 127.0.0.1, on ports the kernel chose, lives in a folder of the test, and dies with the test.
Waiting is always for an event with a deadline, never for time to pass."""
