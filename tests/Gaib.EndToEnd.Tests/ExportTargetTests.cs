using Gaib.Silo.Export;

namespace Gaib.EndToEnd.Tests;

/// <summary>What writing an export may remove.</summary>
public sealed class ExportTargetTests
{
    private const string Blob = "a4ae4ec7a68adf937ee9f2a191226ac6a2ad6b1ba761b4fd9026f6d27642b126";

    [Fact]
    public void Clear_EarlierExport_IsRemovedButForTheNetwork()
    {
        using var folder = Holding("network.json", "transfers.ndjson", "hostEpochs.ndjson", $"blobs/{Blob}");
        ExportTarget.Clear(folder.Path);
        Assert.Equal([folder.Of("network.json")], Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Clear_NewAndEmptyFolder_IsThereAndEmpty()
    {
        using var folder = new TemporaryFolder();
        ExportTarget.Clear(folder.Path);
        ExportTarget.Clear(folder.Of("new"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Of("new")));
    }

    [Theory]
    [InlineData("network.json", "transfers.ndjson", "thesis.tex", "thesis.tex")]
    [InlineData("network.json", "transfers.ndjson", "photos/1.jpg", "photos")]
    [InlineData("network.json", "transfers.ndjson", "blobs/notes.txt", "blobs/notes.txt")]
    [InlineData("network.json", "transfers.ndjson", "blobs/a4ae4ec7", "blobs/a4ae4ec7")]
    [InlineData("network.json", "transfers.ndjson", "blobs/kept/1", "blobs/kept")]
    [InlineData("network.json", "transfers.ndjson", "jobs.ndjson/1", "jobs.ndjson")]
    [InlineData("network.json", "transfers.ndjson", ".hidden", ".hidden")]
    [InlineData("transfers.ndjson", "jobs.ndjson", "models.ndjson", "jobs.ndjson")]
    public void Clear_SomethingElseInTheFolder_IsNamedAndNothingIsTouched(string one, string two, string three, string named)
    {
        using var folder = Holding(one, two, three);
        var refused = Assert.Throws<ArgumentException>(() => ExportTarget.Clear(folder.Path));
        Assert.Equal($"{folder.Path} holds {named}, which is of no export. Choose an empty or new folder.", refused.Message);
        Assert.All([one, two, three], name => Assert.Equal(name, File.ReadAllText(folder.Of(name))));
    }

    [Fact]
    public void Clear_BlobsLinkedFromElsewhere_AreRefusedAndLeftThere()
    {
        using var elsewhere = Holding($"blobs/{Blob}");
        using var folder = Holding("network.json");
        Directory.CreateSymbolicLink(folder.Of("blobs"), elsewhere.Of("blobs"));
        Assert.Contains("holds blobs,", Assert.Throws<ArgumentException>(() => ExportTarget.Clear(folder.Path)).Message, StringComparison.Ordinal);
        Assert.True(File.Exists(elsewhere.Of($"blobs/{Blob}")));
    }

    private static TemporaryFolder Holding(params string[] names)
    {
        var folder = new TemporaryFolder();
        foreach (var name in names)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder.Of(name))!);
            File.WriteAllText(folder.Of(name), name);
        }

        return folder;
    }
}
