"""A certificate authority that lives for one test run."""
import datetime
import os
import subprocess
import textwrap


class Authority:
    """Makes its key and certificate in `folder`. `ca` is the path of the PEM file to trust."""

    def __init__(self, folder, name="Perch test CA"):
        self.folder = str(folder)
        os.makedirs(self.folder, exist_ok=True)
        self.ca, self._key = self._path("ca.pem"), self._path("ca.key")
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
            "-keyout", self._key, "-out", self.ca)
        for name in ("index.txt", "index.txt.attr"):
            open(self._path(name), "w").close()

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _openssl(self, *words):
        done = subprocess.run(["openssl", *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"openssl {words[0]}: {done.stderr}")
        return done.stdout

    def issue_client(self, jid, expired=False):
        """Path of one PEM file with the certificate and key of the account `jid`, which it names as RFC 6120 §13.7.1.4 says."""
        paths = self.issue(jid, f"client-{jid}" + ("-expired" if expired else ""), expired, f"otherName:1.3.6.1.5.5.7.8.5;UTF8:{jid}", "clientAuth")
        both = paths[0] + ".both"
        with open(os.open(both, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            for path in paths:
                with open(path) as part:
                    file.write(part.read())
        return both

    def issue(self, names, label=None, expired=False, subject=None, use="serverAuth", days_left=None):
        """Paths (certificate, key) of a certificate for these DNS names, the first of which is its common name; `subject` is
        another subjectAltName than these, in OpenSSL's words. With `days_left` it is an old one."""
        names = [names] if isinstance(names, str) else list(names)
        label = label or names[0].replace("*", "any") + ("-expired" if expired else "")
        certificate, key, request, config = (self._path(label + end) for end in (".pem", ".key", ".csr", ".cnf"))
        if os.path.exists(certificate):
            return certificate, key
        with open(config, "w") as file:
            file.write(textwrap.dedent(f"""\
                [ca]
                default_ca = here
                [here]
                database = {self._path("index.txt")}
                new_certs_dir = {self.folder}
                rand_serial = yes
                default_md = sha256
                unique_subject = no
                policy = anything
                x509_extensions = server
                [anything]
                commonName = supplied
                [server]
                subjectAltName = {subject or ",".join("DNS:" + name for name in names)}
                basicConstraints = CA:FALSE
                extendedKeyUsage = {use}
                """))
        self._openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                      "-subj", f"/CN={names[0]}", "-keyout", key, "-out", request)
        period = ["-startdate", "20200101000000Z", "-enddate", "20200201000000Z"] if expired else ["-days", "2"]
        if days_left is not None:
            end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days_left, hours=12)
            period = ["-startdate", "20200101000000Z", "-enddate", end.strftime("%Y%m%d%H%M%SZ")]
        self._openssl("ca", "-batch", "-notext", "-config", config, "-cert", self.ca, "-keyfile", self._key,
                      "-in", request, "-out", certificate, *period)
        return certificate, key

    def pin(self, certificate):
        """`sha256:` + base64 of the SHA-256 of the certificate's public key, as `tls-pin` takes it."""
        import base64
        import hashlib
        import ssl
        pem = self._openssl("x509", "-in", certificate, "-noout", "-pubkey")
        der = ssl.PEM_cert_to_DER_cert(pem.replace("PUBLIC KEY", "CERTIFICATE"))
        return "sha256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()
