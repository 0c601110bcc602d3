using Gaib.Domain;
using Gaib.Evm;

namespace Gaib.Verify.Tests.Mutations;

/// <summary>The demo's keys, derived from its seed as the demo derives them: with them the tests can forge what only an operator could.</summary>
internal static class DemoKeys
{
    private static readonly Hash32 Scenario = new AbiWriter(2).Utf8("gaib.demo.seed").UInt(DemoExport.Seed).Hash();

    /// <summary>The settlers whose signatures the demo's vouchers carry: the two lowest addresses of three.</summary>
    public static IReadOnlyList<PrivateKey> Settlers { get; } =
        [.. new[] { "settler-1", "settler-2", "settler-3" }.Select(Of).OrderBy(key => key.Address).Take(2)];

    /// <summary>The app's session key.</summary>
    public static PrivateKey Session { get; } = Of("session");

    /// <summary>The key of a participant by name.</summary>
    public static PrivateKey Of(string name) =>
        PrivateKey.Derive(new AbiWriter(3).Utf8("gaib.demo").Hash(Scenario).Utf8("key:" + name).Hash());
}
