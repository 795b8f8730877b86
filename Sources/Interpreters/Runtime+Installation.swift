import LambdaModel

extension Runtime {
    /// How a user gets the runtime's interpreter: commands of the field's version managers, and what names one by hand.
    public var installationAdvice: String {
        let numbers = version.prefix { $0.isNumber || $0 == "." }
        let major = numbers.prefix { $0 != "." }
        let ways: String
        switch family {
        case .python: ways = "'pyenv install \(numbers)' or 'uv python install \(numbers)'"
        case .nodejs: ways = "'nvm install \(major)'"
        case .ruby: ways = "'rbenv install \(numbers)'"
        case .java: ways = "a JDK \(major) of your system (openjdk-\(major)-jdk-headless) or of SDKMAN ('sdk list java' names them)"
        case .provided: return "nothing: a function or a layer brings its bootstrap"
        case .dotnet, .go: return "Lamina does not run \(self)"
        }
        return "\(ways), or name one by 'lamina runtime add \(self) --interpreter PATH'"
    }
}
