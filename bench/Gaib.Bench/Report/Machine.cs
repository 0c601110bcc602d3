using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gaib.Bench.Report;

/// <summary>What the figures were measured on.</summary>
/// <param name="Cores">Processors that the process may use.</param>
/// <param name="Cpu">The model's name.</param>
/// <param name="MemoryGiB">Memory of the machine.</param>
/// <param name="System">Operating system and runtime.</param>
/// <param name="Folder">Where both sides keep their files.</param>
/// <param name="FdatasyncMs">Milliseconds of writing 4 KiB into a file of zeros and flushing it there.</param>
/// <param name="LoadAverage">Of one minute, before the first measurement.</param>
/// <param name="PauseMs">The longest time for which a loop that does nothing but look at the clock was stopped, of five seconds on each core.</param>
internal sealed record Machine(
    int Cores, string Cpu, double MemoryGiB, string System, string Folder, Spread FdatasyncMs, string LoadAverage, Spread PauseMs)
{
    private const int Block = 4096;
    private const int Flushes = 200;
    private static readonly TimeSpan Looking = TimeSpan.FromSeconds(5);

    /// <summary>Processor time so far that the machine's host gave to others, and all there was, in ticks; zero where the system doesn't tell.</summary>
    public static (double Stolen, double All) ReadStolen()
    {
        if (!File.Exists("/proc/stat"))
        {
            return default;
        }

        // user, nice, system, idle, iowait, irq, softirq, steal
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        return (times[7], times.Sum());
    }

    /// <summary>Looks at this machine and at the disk of a folder.</summary>
    public static Machine Of(string folder) => new(
        Environment.ProcessorCount,
        CpuModel(),
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30), 1),
        $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}",
        Path.GetTempPath(),
        MeasureFdatasync(folder),
        File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown",
        MeasurePauses());

    /// <summary>In words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        machine: {Cores} cores, {Cpu}, {MemoryGiB} GiB; {System}
        disk: {Folder}, fdatasync of 4 KiB {FdatasyncMs.Median:F3} ms ({FdatasyncMs.Min:F3} to {FdatasyncMs.Max:F3}); load average {LoadAverage}
        pauses: a loop that only looks at the clock was stopped for {PauseMs.Max:F1} ms at the longest, in 5 s on each core
        """);

    private static string CpuModel() =>
        !File.Exists("/proc/cpuinfo") ? RuntimeInformation.ProcessArchitecture.ToString()
        : File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static Spread MeasurePauses()
    {
        var longest = new double[Environment.ProcessorCount];
        var threads = Enumerable.Range(0, longest.Length).Select(core => new Thread(() => longest[core] = LongestPause())).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return Spread.Of(longest);
    }

    private static double LongestPause()
    {
        var (begun, longest) = (Stopwatch.GetTimestamp(), 0L);
        for (var last = begun; Stopwatch.GetElapsedTime(begun, last) < Looking;)
        {
            var now = Stopwatch.GetTimestamp();
            (longest, last) = (long.Max(longest, now - last), now);
        }

        return 1_000.0 * longest / Stopwatch.Frequency;
    }

    private static Spread MeasureFdatasync(string folder)
    {
        var path = Path.Combine(folder, "fdatasync");
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, options: FileOptions.DeleteOnClose);
        RandomAccess.Write(file, new byte[Flushes * Block], 0);
        RandomAccess.FlushToDisk(file);
        var block = new byte[Block];
        block.AsSpan().Fill(1);
        var samples = new double[Flushes];
        for (var i = 0; i < Flushes; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, i * Block);
            if (SystemCalls.Fdatasync((int)file.DangerousGetHandle()) != 0)
            {
                throw new IOException($"fdatasync of {path} failed: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            samples[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        return Spread.Of(samples);
    }
}

/// <summary>The system call that .NET does not offer.</summary>
internal static partial class SystemCalls
{
    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Fdatasync(int file);
}
