import CLinux

/// The one owner of an open descriptor; closes it when it goes away.
@frozen public struct FileDescriptor: ~Copyable {
    public let raw: Int32

    /// Takes over a descriptor that nobody else closes.
    public init(owning raw: Int32) { self.raw = raw }

    deinit { _ = cl_close(raw) }

    /// Gives the descriptor away without closing it.
    public consuming func release() -> Int32 {
        let raw = raw
        discard self
        return raw
    }
}
