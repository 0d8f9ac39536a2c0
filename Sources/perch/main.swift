import CLinux
import Linux
import TLS

// The first use of OpenSSL in a process decides what it loads: not its configuration file, which would cost memory.
TLSContext.prepare()
exit(Program.main(Environment.arguments))
