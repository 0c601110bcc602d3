using System.Collections.Concurrent;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>
/// Changes one value in every field of every file as a forger would who owns the machine: all hashes are made anew and the settlers
/// sign again. What a person's signature, the measured work or the arithmetic says is still against it.
/// </summary>
public sealed class RenewedFieldTests(ITestOutputHelper output)
{
    private static readonly bool IsNightly = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1";
    private static readonly Lazy<ExportText> Export = new(() => ExportText.Load(DemoExport.Folder));

    public static TheoryData<string> Files => SingleFieldTests.Files;

    [Fact]
    public void Renew_NothingChanged_ChangesNothing()
    {
        var text = Export.Value.Fresh();

        Renewal.Renew(text, Export.Value);

        Assert.All(text.Files, file => Assert.Equal(Export.Value[file], text[file]));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Verify_OneValueChangedAndAllHashesRenewed_IsFound(string file)
    {
        var seed = Seed.Of(2, IsNightly, output);
        var mutants = SingleFieldTests.Mutants(Export.Value, file, new Random(seed), IsNightly ? 4 : 1)
            .Where((_, i) => IsNightly || i % 3 == 0).ToArray();
        var (survivors, restored) = (new ConcurrentBag<string>(), 0);
        Parallel.ForEach(mutants, mutant =>
        {
            Renewal.Renew(mutant.Text, Export.Value);
            if (mutant.Text.SameAs(Export.Value))
            {
                // The value was a hash, and making it anew undid the change.
                Interlocked.Increment(ref restored);
            }
            else if (mutant.Text.Verify().ExitCode is var exit and not VerificationReport.DoesNotHold)
            {
                survivors.Add($"{mutant.Leaf}: {mutant.Change} ends with {exit}");
            }
        });

        output.WriteLine($"{mutants.Length} mutants, {restored} of them undone by renewal");
        output.WriteLine(string.Join('\n', survivors.Order(StringComparer.Ordinal)));
        Assert.True(restored < mutants.Length);
        Assert.Empty(survivors);
    }
}
