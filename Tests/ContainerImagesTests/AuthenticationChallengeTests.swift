import Testing

@testable import ContainerImages

struct AuthenticationChallengeTests {
    @Test func aBearersParametersAreRead() {
        let header = #"Bearer realm="https://auth.example/token?a=b,c",service="registry \"one\"", Scope="repository:a/b:pull,push""#
        #expect(
            AuthenticationChallenge.parse(header) == [
                AuthenticationChallenge(
                    scheme: "bearer",
                    parameters: [
                        "realm": "https://auth.example/token?a=b,c", "service": #"registry "one""#, "scope": "repository:a/b:pull,push",
                    ])
            ])
    }

    @Test func severalChallengesAreToldApart() {
        let challenges = AuthenticationChallenge.parse(#"Negotiate, BASIC realm=tests , bearer realm="x""#)
        #expect(challenges.map(\.scheme) == ["negotiate", "basic", "bearer"])
        #expect(challenges.map { $0.parameters["realm"] } == [nil, "tests", "x"])
    }

    @Test(arguments: [
        "", ",", "=", "=\"", "a=b", "Bearer realm=\"unfinished", "Bearer realm=", "\"\"", "Basic \"",
        String(repeating: "=", count: 100_000),
    ])
    func nothingTripsTheReader(_ header: String) {
        #expect(AuthenticationChallenge.parse(header).count < 2)
    }
}
