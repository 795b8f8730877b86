import Synchronization

/// A streamed response on its way from a runtime to whoever invoked the function, with about a megabyte at most in between.
public final class ResponseStream: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        var isFinished = false
        var isAbandoned = false
        var reader: CheckedContinuation<[UInt8]?, Never>?
        /// Lets the writer go on.
        var resume: (@Sendable () -> Void)?
    }

    /// Bytes that wait for the reader before the writer is asked to pause.
    private static let capacity = 1 << 20

    private let state = Mutex(State())

    /// An empty stream, for one writer and one reader.
    public init() {}

    /// The next bytes; nil at the end.
    public func next() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            let (bytes, resume): ([UInt8]??, (@Sendable () -> Void)?) = state.withLock { state in
                guard !state.waiting.isEmpty else {
                    if state.isFinished { return (.some(nil), nil) }
                    state.reader = continuation
                    return (.none, nil)
                }
                defer { (state.waiting, state.resume) = ([], nil) }
                return (state.waiting, state.resume)
            }
            resume?()
            if let bytes { continuation.resume(returning: bytes) }
        }
    }

    /// No one reads any more: what comes from now on is dropped.
    public func abandon() {
        let resume = state.withLock { state in
            state.isAbandoned = true
            state.waiting = []
            defer { state.resume = nil }
            return state.resume
        }
        resume?()
    }

    /// Adds bytes; false when the writer is to pause until `resume` is called.
    func write(_ bytes: [UInt8], resume: @escaping @Sendable () -> Void = {}) -> Bool {
        let (reader, goesOn) = state.withLock { state -> (CheckedContinuation<[UInt8]?, Never>?, Bool) in
            guard !state.isAbandoned, !bytes.isEmpty else { return (nil, true) }
            if let reader = state.reader {
                state.reader = nil
                return (reader, true)
            }
            state.waiting += bytes
            guard state.waiting.count >= Self.capacity else { return (nil, true) }
            state.resume = resume
            return (nil, false)
        }
        reader?.resume(returning: bytes)
        return goesOn
    }

    /// Ends the response.
    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }
}
