import LaminaCommands

// Before the first `await`: a server has to take its mount namespace while this is the only thread.
let command = LaminaCommand.prepare()
await LaminaCommand.run(command)
