import LambdaModel

extension Runtime.Family {
    /// What the field calls the language; nil for families whose functions no interpreter of this machine can run.
    public var languageName: String? {
        switch self {
        case .python: "Python"
        case .nodejs: "Node.js"
        case .ruby: "Ruby"
        case .java: "Java"
        case .provided, .dotnet, .go: nil
        }
    }
}

extension Runtime {
    /// How a user gets the runtime's interpreter, or does without: a list that ends with `lamina runtime add`.
    public var installationAdvice: String {
        guard family.languageName != nil else { return installationWays }
        return "\(installationWays), or name one by 'lamina runtime add \(self) --interpreter PATH'"
    }

    /// How a user gets the runtime's interpreter: commands of the field's version managers.
    public var installationWays: String {
        let numbers = version.prefix { $0.isNumber || $0 == "." }
        let major = numbers.prefix { $0 != "." }
        switch family {
        case .python: return "'pyenv install \(numbers)' or 'uv python install \(numbers)'"
        case .nodejs: return "'nvm install \(major)'"
        case .ruby: return "'rbenv install \(numbers)'"
        case .java: return "a JDK \(major) of your system (openjdk-\(major)-jdk-headless) or of SDKMAN ('sdk list java' names them)"
        case .provided: return "a function or a layer brings its bootstrap"
        case .dotnet, .go: return "Lamina does not run \(family.rawValue) functions"
        }
    }
}
