import LambdaModel
import Storage

/// A place between a stream's events, and the way that leads on from it: `f/…/s`, `b/…/s`.
struct LogEventToken {
    enum Direction: String {
        /// To later events, behind the position.
        case forward = "f"
        /// To earlier events, before the position.
        case backward = "b"
    }

    var direction: Direction
    var position: LogPosition

    var text: String { "\(direction.rawValue)/\(position.text)/s" }

    init(_ direction: Direction, _ position: LogPosition) {
        self.direction = direction
        self.position = position
    }

    /// - Throws: `APIError` InvalidParameterException.
    init(text: String) throws {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2] == "s", let direction = Direction(rawValue: String(parts[0])),
            let position = LogPosition(text: String(parts[1]))
        else { throw LogsError.invalidToken }
        self.init(direction, position)
    }

    /// The tokens of a page from its first to its last event.
    ///
    /// A page without events leads on from where it was asked for: its own token comes back as it was (AWS: "GetLogEvents").
    static func pair(
        _ first: LogPosition?, _ last: LogPosition?, after token: LogEventToken?, else begin: LogPosition
    ) -> (forward: LogEventToken, backward: LogEventToken) {
        if let first, let last { return (Self(.forward, last), Self(.backward, first)) }
        guard let token else { return (Self(.forward, begin), Self(.backward, begin)) }
        var position = token.position
        switch token.direction {
        case .forward:
            position.sequence += position.sequence < .max ? 1 : 0
            return (token, Self(.backward, position))
        case .backward:
            position.sequence -= position.sequence > 0 ? 1 : 0
            return (Self(.forward, position), token)
        }
    }
}
