import Synchronization

/// A streamed response on its way from a runtime to whoever invoked the function, with about a megabyte at most in between.
public final class ResponseStream: Sendable {
    private struct State {
        var pieces: [[UInt8]] = []
        var size = 0
        var isFinished = false
        var isAbandoned = false
        var reader: CheckedContinuation<[UInt8]?, Never>?
        /// Lets the writer go on.
        var resume: (@Sendable () -> Void)?
    }

    /// Bytes that wait for the reader before the writer is asked to pause.
    private static let capacity = 1 << 20

    private let state = Mutex(State())

    public init() {}

    /// The next bytes; nil at the end.
    public func next() async -> [UInt8]? {
        await withCheckedContinuation { continuation in
            let (piece, resume): ([UInt8]??, (@Sendable () -> Void)?) = state.withLock { state in
                guard !state.pieces.isEmpty else {
                    if state.isFinished { return (.some(nil), nil) }
                    state.reader = continuation
                    return (.none, nil)
                }
                let piece = state.pieces.removeFirst()
                state.size -= piece.count
                guard state.size < Self.capacity else { return (piece, nil) }
                defer { state.resume = nil }
                return (piece, state.resume)
            }
            resume?()
            if let piece { continuation.resume(returning: piece) }
        }
    }

    /// No one reads any more: what comes from now on is dropped.
    public func abandon() {
        let resume = state.withLock { state in
            state.isAbandoned = true
            (state.pieces, state.size) = ([], 0)
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
            state.pieces.append(bytes)
            state.size += bytes.count
            guard state.size >= Self.capacity else { return (nil, true) }
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
