import LaminaCommands

await LaminaCommand.run()
