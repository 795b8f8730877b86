import LambdaModel
import LaminaErrors
import Testing

@Suite struct NameTests {
    let scope = Scope(account: "111122223333", region: "eu-west-1")

    @Test func aLayerIsNamedByNameOrByUnversionedARN() {
        #expect(LayerARN(nameOrARN: "my-layer_1", scope: scope)?.description == "arn:aws:lambda:eu-west-1:111122223333:layer:my-layer_1")
        let arn = "arn:aws:lambda:us-east-1:444455556666:layer:x"
        #expect(LayerARN(nameOrARN: arn, scope: scope)?.description == arn)
    }

    @Test(arguments: [
        "", "a b", "ä", String(repeating: "x", count: 141), "arn:aws:lambda:us-east-1:444455556666:layer:x:1",
        "arn:aws:lambda:us-east-1:1:layer:x",
        "arn:aws:s3:us-east-1:444455556666:layer:x",
    ])
    func whatIsNoLayersNameIsRefused(_ text: String) { #expect(LayerARN(nameOrARN: text, scope: scope) == nil) }

    @Test func aLayerVersionARNHasANumber() {
        let arn = "arn:aws:lambda:us-east-1:444455556666:layer:x:12"
        #expect(LayerVersionARN(arn)?.version == 12)
        #expect(LayerVersionARN(arn)?.description == arn)
        #expect(LayerVersionARN("arn:aws:lambda:us-east-1:444455556666:layer:x") == nil)
        #expect(LayerVersionARN("arn:aws:lambda:us-east-1:444455556666:layer:x:y") == nil)
    }

    @Test(arguments: ["f", "function:f", "111122223333:function:f", "arn:aws:lambda:eu-west-1:111122223333:function:f"])
    func aFunctionIsNamedInFourWays(_ text: String) {
        #expect(FunctionARN(nameOrARN: text, scope: scope)?.description == "arn:aws:lambda:eu-west-1:111122223333:function:f")
        #expect(FunctionARN(nameOrARN: text + ":$LATEST", scope: scope)?.qualifier == "$LATEST")
    }

    @Test func aRuntimeIsOneThatLambdaHas() throws {
        #expect(try Runtime("python3.13").pythonMinor == 13)
        #expect(throws: LaminaError.self) { try Runtime("python2.6") }
    }

    @Test(arguments: [
        ("python3.11", OperatingSystem.al2), ("python3.12", .al2023), ("nodejs18.x", .al2), ("nodejs20.x", .al2023), ("ruby3.2", .al2),
        ("ruby3.3", .al2023), ("java8.al2", .al2), ("java21", .al2023), ("provided.al2", .al2), ("provided.al2023", .al2023),
        ("go1.x", .al2),
    ])
    func aRuntimeStandsOnItsAmazonLinux(_ identifier: String, _ system: OperatingSystem) throws {
        #expect(try Runtime(identifier).operatingSystem == system)
    }
}
