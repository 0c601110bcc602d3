using System.Text;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>Bytes that nobody meant: whatever stands in an export, the verifier ends with a report.</summary>
public sealed class BrokenBytesTests(ITestOutputHelper output)
{
    private static readonly bool IsNightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";
    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    [Fact]
    public void Verify_OneByteChanged_EndsWithAReport()
    {
        var seed = Seed.Of(7, IsNightly, output);
        var draw = new Random(seed);
        var files = Export.Value.Files.ToArray();
        var mutants = Enumerable.Range(0, IsNightly ? 3_000 : 60).Select(_ => Broken(files[draw.Next(files.Length)], draw)).ToArray();
        var found = 0;
        Parallel.ForEach(mutants, mutant => Interlocked.Add(ref found, mutant.Verify().ExitCode == VerificationReport.DoesNotHold ? 1 : 0));

        output.WriteLine($"{found} of {mutants.Length} found");
        Assert.InRange(found, mutants.Length * 9 / 10, mutants.Length);
    }

    private static ExportText Broken(string file, Random draw)
    {
        var text = Export.Value.Fresh();
        var line = draw.Next(text[file].Count);
        var bytes = Encoding.Latin1.GetBytes(text[file][line]);
        bytes[draw.Next(bytes.Length)] = (byte)draw.Next(32, 127);
        text[file] = text[file].SetItem(line, Encoding.Latin1.GetString(bytes));
        return text;
    }
}
