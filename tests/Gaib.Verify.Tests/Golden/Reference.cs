namespace Gaib.Verify.Tests.Golden;

/// <summary>What is committed beside the page of the format, and how it is renewed.</summary>
internal static class Reference
{
    /// <summary>What a test says when it finds that something changed.</summary>
    public const string HowToRenew =
        "If the format or a result was meant to change, write into docs/reference/export.md and the commit's message what and why, then "
        + "renew with: GAIB_RENEW=1 dotnet tests/Gaib.Verify.Tests/bin/Release/net10.0/Gaib.Verify.Tests.dll "
        + "-namespace Gaib.Verify.Tests.Golden";

    /// <summary>True when the tests write what they would else compare.</summary>
    public static bool IsRenewal { get; } = Environment.GetEnvironmentVariable("GAIB_RENEW") == "1";

    /// <summary>A path in docs/reference.</summary>
    public static string Of(string name) => Path.Combine(Folder(), name);

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Gaib.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, "docs", "reference");
    }
}
