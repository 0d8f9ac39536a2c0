/// `perch --help` and the help of each subcommand.
enum Help {
    static let overview = """
        perch makes this board a contact: it logs into an XMPP account, shows the board's state as
        presence, sends sensor readings, and does what authorised people ask in chat.

        Usage: perch COMMAND [OPTIONS]

          init      ask the few questions, make the account, write the configuration, start the service
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
        Usage: perch check [--config FILE] [--state DIR] [--connect]

        Checks the configuration, the password file, the GPIO lines, the sensors and the state's files, and
        changes nothing. Prints each mistake as FILE:LINE: what is wrong and what to do.

          --config FILE   the configuration [/etc/perch/perch.conf]
          --state DIR     where outputs' states are kept [$STATE_DIRECTORY, else /var/lib/perch]
          --connect       also log in, and report TLS, login mechanism and what the server offers

        Exits 0 when all is well, 78 for a wrong configuration, 77 for a missing permission, 1 for a state
        file of another version, 69 when the server cannot be reached or refuses the login.
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

    static let initialise = """
        Usage: perch init [OPTIONS]

        Asks for the board's account, for who may do what, for lines and sensors; registers the account or logs
        in; writes the configuration and the password file; starts the service; prints the address with a QR code.
        What an option says is not asked. Without a terminal, options have to say it all.

          --jid ADDRESS          the board's address; {hostname} and {serial} are filled in
          --invite LINK          registers by an invitation (xmpp:…?register;preauth=…), or by its token
          --register             registers without one
          --password-file FILE   the account's password; with --invite or --register the new one's, else it is generated
          --admin ADDRESS        who may do everything; --operator: who switches; --viewer: who only reads (each repeatable)
          --line "NAME PIN PART" for example "lamp GPIO17 relay" (repeatable)
          --sensor "NAME SOURCE" as `perch sensors` prints them (repeatable)
          --reports ADDRESS      who gets readings and alarms (repeatable), or nobody [the first admin]
          --template FILE        a configuration without an address, which many boards share
          --board PROFILE        instead of the one that was found; simulated: lines in memory
          --server HOST:PORT, --tls-ca FILE, --tls-pin sha256:…   as in the configuration
          --config FILE          the configuration [/etc/perch/perch.conf]
          --replace              replaces an existing one; a copy with the date in its name is kept
          --yes                  asks nothing that need not be known, and not whether to write
          --no-login             does not try an existing account;   --no-start, --no-qr: as they say

        Exits 2 when something has to be said and nobody can be asked, 77 when the configuration may not be
        written, 69 when the server cannot be reached or refuses; nothing is written then.
        """
}
