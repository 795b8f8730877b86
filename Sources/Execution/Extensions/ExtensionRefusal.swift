import LambdaModel

/// Why a request of an extension is refused, in AWS's words; the status is 403.
struct ExtensionRefusal: Error, Equatable {
    var errorType: String
    var message: String

    static let missingIdentifier = Self(
        errorType: "Extension.MissingExtensionIdentifier", message: "Missing Lambda-Extension-Identifier header")
    static let invalidIdentifier = Self(
        errorType: "Extension.InvalidExtensionIdentifier", message: "Invalid Lambda-Extension-Identifier")
    static let unknownIdentifier = Self(
        errorType: "Extension.UnknownExtensionIdentifier", message: "Unknown Lambda-Extension-Identifier")
    static let missingName = Self(errorType: "Extension.InvalidExtensionName", message: "Empty extension name")
    static let missingErrorType = Self(
        errorType: "Extension.MissingHeader", message: "Lambda-Extension-Function-Error-Type not found")
    static let registrationClosed = Self(
        errorType: "Extension.RegistrationClosed", message: "Extension registration closed already")
    static let nameTaken = Self(
        errorType: "Extension.InvalidExtensionState", message: "Extension with this name already registered")
    static let tooMany = Self(
        errorType: "Extension.TooManyExtensions", message: "Extension limit (\(Limits.extensions)) reached")

    static func invalidRequest(_ message: String) -> Self { Self(errorType: "InvalidRequestFormat", message: message) }

    static func unknown(_ id: String) -> Self {
        Self(errorType: "Extension.UnknownExtensionIdentifier", message: "Unknown extension \(id)")
    }

    static func invalidEvent(_ event: String, _ reason: String) -> Self {
        Self(errorType: "Extension.InvalidEventType", message: "\(event): \(reason)")
    }

    static func invalidState(from state: String, to wanted: String, _ who: String) -> Self {
        Self(
            errorType: "Extension.InvalidExtensionState",
            message:
                "State transition from \(state) to \(wanted) failed for extension \(who). Error: State transition is not allowed")
    }
}
