import Testing

@testable import TLS

@Suite struct TLSContextTests {
    let folder = Folder()

    func problem(_ settings: TLSSettings) -> TLSError? {
        do throws(TLSError) {
            _ = try TLSContext(settings)
            return nil
        } catch {
            return error
        }
    }

    @Test func `the system's authorities and none of our own are the default`() {
        #expect(problem(TLSSettings()) == nil)
    }

    @Test func `a missing file is named with the reason`() {
        let path = folder.path + "/nowhere.pem"
        #expect(problem(TLSSettings(authorities: path)) == .setup(file: path, reason: "no such file or directory"))
        #expect(problem(TLSSettings(certificate: path)) == .setup(file: path, reason: "no such file or directory"))
    }

    @Test func `a file without a certificate is refused`() {
        let path = folder.write("junk.pem", "hello\n")
        let expected = TLSError.setup(file: path, reason: "there is no certificate in it (PEM is expected)")
        #expect(problem(TLSSettings(authorities: path)) == expected)
        #expect(problem(TLSSettings(certificate: path)) == expected)
    }

    @Test func `a certificate without its key is refused`() {
        let path = folder.write("me.pem", Identity("me").certificatePEM)
        guard case .setup(path, let reason) = problem(TLSSettings(certificate: path)) else {
            Issue.record("accepted")
            return
        }
        #expect(reason.hasPrefix("there is no private key in it"))
    }

    @Test func `a key that belongs to another certificate is refused`() {
        let certificate = folder.write("me.pem", Identity("me").certificatePEM)
        let key = folder.write("key.pem", Identity("you").keyPEM)
        let problem = problem(TLSSettings(certificate: certificate, key: key))
        #expect(problem?.description.hasPrefix("\(key): the key does not belong to the certificate") == true)
    }

    @Test func `an encrypted key is refused without asking for its passphrase`() {
        let me = Identity("me")
        let certificate = folder.write("me.pem", me.certificatePEM)
        let key = folder.write("key.pem", me.encryptedKeyPEM)
        let problem = problem(TLSSettings(certificate: certificate, key: key))
        #expect(problem?.description.contains("without a passphrase") == true)
    }

    @Test func `certificate and key may be two files or one`() {
        let me = Identity("me")
        let certificate = folder.write("me.pem", me.certificatePEM)
        let key = folder.write("key.pem", me.keyPEM)
        #expect(problem(TLSSettings(certificate: certificate, key: key)) == nil)
        #expect(problem(TLSSettings(certificate: folder.write("both.pem", me.certificatePEM + me.keyPEM))) == nil)
    }
}
