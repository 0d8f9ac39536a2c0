import CLinux
import Linux

exit(Program.main(Environment.arguments))
