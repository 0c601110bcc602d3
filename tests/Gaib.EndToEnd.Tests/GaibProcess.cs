using System.Diagnostics;

namespace Gaib.EndToEnd.Tests;

/// <summary>The real program, started as a user would start it.</summary>
internal sealed class GaibProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _errors = [];
    private readonly Task<string> _output;
    private readonly Task _reading;

    private GaibProcess(Process process, Action<string> onLine)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _reading = Task.Run(async () =>
        {
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                lock (_errors)
                {
                    _errors.Add(line);
                }

                onLine(line);
            }
        });
    }

    public static GaibProcess Start(Action<string> onLine, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "gaib.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new GaibProcess(Process.Start(start)!, onLine);
    }

    /// <summary>Runs to the end.</summary>
    public static async Task<Finished> RunAsync(params string[] arguments)
    {
        using var process = Start(static _ => { }, arguments);
        return await process.EndAsync();
    }

    public async Task<Finished> EndAsync()
    {
        await _process.WaitForExitAsync();
        await _reading;
        return new Finished(_process.ExitCode, await _output, string.Join('\n', _errors));
    }

    /// <summary>kill -9: the process gets no chance to do anything.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    internal sealed record Finished(int ExitCode, string Output, string Errors);
}
