using System.Diagnostics;
using System.Globalization;

namespace Gaib.Kills.Tests.Node;

/// <summary>The process of a node, seen from the test.</summary>
internal sealed class NodeProcess : IDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<int> _gateway = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _output = [];
    private readonly Task<string> _errors;

    private NodeProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        Died = WatchAsync();
    }

    /// <summary>The port of its gateway, once it serves.</summary>
    public Task<int> Gateway => _gateway.Task;

    /// <summary>Its exit code, once it is dead and all that it said was read.</summary>
    public Task<int> Died { get; }

    /// <summary>What it wrote to standard error; to be asked when it is dead.</summary>
    public string Errors => _errors.Result;

    /// <summary>The point at which it killed itself; null when it did not.</summary>
    public string? Struck => _output.Find(line => line.StartsWith(Strike.StruckLine, StringComparison.Ordinal))?[Strike.StruckLine.Length..];

    public static NodeProcess Start(ServedNodeSettings settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };

        // It lives for a second: compiling well costs more than it gives.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.ArgumentList.Add(typeof(NodeProcess).Assembly.Location);
        start.ArgumentList.Add("serve");
        foreach (var argument in settings.ToArguments())
        {
            start.ArgumentList.Add(argument);
        }

        return new NodeProcess(Process.Start(start)!);
    }

    /// <summary>kill -9.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Lets it end by itself.</summary>
    public Task<int> StopAsync()
    {
        _process.StandardInput.Close();
        return Died;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<int> WatchAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            _output.Add(line);
            if (line.StartsWith(ServedNode.GatewayLine, StringComparison.Ordinal))
            {
                _gateway.SetResult(int.Parse(line.AsSpan(ServedNode.GatewayLine.Length), CultureInfo.InvariantCulture));
            }
        }

        await _process.WaitForExitAsync();
        await _errors;
        _gateway.TrySetException(new InvalidOperationException($"The node ended with {_process.ExitCode} before it served: {_errors.Result}"));
        return _process.ExitCode;
    }
}
