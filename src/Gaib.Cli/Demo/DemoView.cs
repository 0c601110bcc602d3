using Spectre.Console;

namespace Gaib.Cli.Demo;

/// <summary>Shows the demo's progress: live on a terminal, as plain lines elsewhere.</summary>
internal sealed class DemoView
{
    private readonly IAnsiConsole _console;
    private readonly bool _live;

    /// <summary>Writes to standard output, or to standard error when standard output is kept for JSON.</summary>
    public DemoView(bool toError)
    {
        var output = toError ? Console.Error : Console.Out;
        _live = toError ? !Console.IsErrorRedirected : !Console.IsOutputRedirected;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = _live ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = _live ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = _live ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!_live)
        {
            _console.Profile.Width = 200;
        }
    }

    public void Title(string text) => _console.Write(new Rule($"[bold]{Markup.Escape(text)}[/]").LeftJustified());

    /// <summary>A chapter of the demo.</summary>
    public void Chapter(string text) => _console.MarkupLine($"[bold aqua]{Markup.Escape(text)}[/]");

    public void Line(string text) => _console.MarkupLine("  " + Markup.Escape(text));

    public void Bad(string text) => _console.MarkupLine($"  [yellow]{Markup.Escape(text)}[/]");

    public void Show(Tree tree) => _console.Write(tree);

    public void Show(Table table) => _console.Write(table.RoundedBorder());

    /// <summary>Work of many parts: a bar on a terminal, a line every tenth elsewhere.</summary>
    public async Task ProgressAsync(string text, int total, Func<Action<int>, Task> work)
    {
        if (!_live)
        {
            var shown = 0;
            await work(done =>
            {
                var tenth = 10 * done / int.Max(1, total);
                if (tenth > shown || done == total)
                {
                    shown = tenth;
                    Line($"{text}: {done} of {total}");
                }
            });
            return;
        }

        await _console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask("  " + Markup.Escape(text), maxValue: int.Max(1, total));
                await work(done => bar.Value = done);
            });
        Line($"{text}: {total}");
    }
}
