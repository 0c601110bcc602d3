using System.CommandLine;
using System.CommandLine.Help;
using Gaib.Cli;
using Gaib.Cli.Demo;
using Gaib.Cli.Money;
using Gaib.Cli.Settlement;

var root = new RootCommand("Gaib: a runtime for a shared AI economy. People bring data, compute and models; every paid inference pays them all, exactly.")
{
    DemoCommand.Create(),
    ExportCommands.Export(),
    VerifyCommand.Create(),
    ExportCommands.Explain(),
    LedgerCommands.Ledger(),
    BackupCommands.Backup(),
    BackupCommands.Restore(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count == 0 || parsed.Action is HelpAction)
{
    return await parsed.InvokeAsync();
}

foreach (var error in parsed.Errors)
{
    Console.Error.WriteLine(error.Message);
}

var asked = "gaib";
foreach (var command in parsed.CommandResult.Command.Parents.OfType<Command>().Where(parent => parent != root).Append(parsed.CommandResult.Command))
{
    asked += command == root ? "" : $" {command.Name}";
}

return Ending.SayUsage($"{asked} --help says what it takes.");
