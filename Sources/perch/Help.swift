/// `perch --help` and the help of each subcommand.
enum Help {
    static let overview = """
        perch makes this board a contact: it logs into an XMPP account, shows the board's state as
        presence, sends sensor readings, and does what authorised people ask in chat.

        Usage: perch COMMAND [OPTIONS]

          run       log in and serve; what the systemd service starts
          check     check configuration, permissions, lines and sensors; --connect also logs in
          lines     list this board's GPIO lines, free or in use, with names to paste
          sensors   list this board's sensors with names to paste
          chat      talk to a board from a terminal or a script

        perch COMMAND --help tells more; perch --version prints the version.
        See perch(1) and perch.conf(5).
        """

    static let run = """
        Usage: perch run [--config FILE] [--state DIR]

        Logs in and serves until it is told to stop (SIGTERM). SIGHUP applies a changed configuration.

          --config FILE   the configuration [/etc/perch/perch.conf]
          --state DIR     where outputs' states are kept [$STATE_DIRECTORY, else /var/lib/perch]
          --verbose       also log what is only of interest when looking for a fault

        Exits 0 after a clean stop, 78 for a wrong configuration, 77 for a missing permission,
        1 for anything else.
        """

    static let check = """
        Usage: perch check [--config FILE] [--connect]

        Checks the configuration, the password file, the GPIO lines and the sensors, and changes nothing.
        Prints each mistake as FILE:LINE: what is wrong and what to do.

          --config FILE   the configuration [/etc/perch/perch.conf]
          --connect       also log in, and report TLS, login mechanism and what the server offers

        Exits 0 when all is well, 78 for a wrong configuration, 77 for a missing permission,
        69 when the server cannot be reached or refuses the login.
        """

    static let lines = """
        Usage: perch lines [--profile NAME] [--all]

        Lists the GPIO lines of this board: the name to write after `pin =`, its header pin, and whether
        it is free or who uses it.

          --profile NAME   a board profile instead of the one found (see /usr/share/perch/boards)
          --all            also each line that is not on a header or has no name
        """

    static let sensors = """
        Usage: perch sensors [--config FILE]

        Lists the sensors that the kernel shows, each with what it reads now and a section to paste, or with
        its name where the configuration has it already. Then what is missing: buses that are off, devices
        without a driver, and what to do about it.

          --config FILE   the configuration [/etc/perch/perch.conf, if it can be read]
        """

    static let chat = """
        Usage: perch chat JID [TEXT] [--jid ME] [--password-file FILE] [--server HOST:PORT] …

        Talks to a board. With TEXT: sends it, prints the reply and exits 0. With lines on a standard
        input that is no terminal: sends each and prints each reply.

          --jid ME               your own address [$PERCH_JID]
          --password-file FILE   a file with your password [$PERCH_PASSWORD_FILE]
          --server HOST:PORT     only when the domain has no SRV records; tls:HOST:PORT for direct TLS
          --tls-ca FILE          a private CA
          --tls-pin sha256:…     the pin of the server's key, as printed by `perch check --connect`
          --timeout SECONDS      how long to wait for login and for each reply [10]

        Exits 69 without an answer in time.
        """
}
