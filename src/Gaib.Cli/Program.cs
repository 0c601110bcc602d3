using System.CommandLine;
using Gaib.Cli.Demo;
using Gaib.Cli.Settlement;

var root = new RootCommand("Gaib: a runtime for a shared AI economy. People bring data, compute and models; every paid inference pays them all, exactly.")
{
    DemoCommand.Create(),
    ExportCommands.Export(),
    ExportCommands.Verify(),
    ExportCommands.Explain(),
};
return await root.Parse(args).InvokeAsync();
