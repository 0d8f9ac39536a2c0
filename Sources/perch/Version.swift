/// What `perch --version`, `about` and XEP-0092 say.
enum Version {
    static let number = "0.1.0"
}
