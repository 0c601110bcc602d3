using Gaib.Domain;
using Gaib.Evm;

namespace Gaib.Verify.Tests.Golden;

/// <summary>What the vectors are made of: everything follows from a name by one keccak256.</summary>
internal static class Inputs
{
    public const long Time = 1_767_225_600_000;
    public const ulong Chain = 31_337;

    public static Hash32 Network { get; } = Hash("network");

    public static PrivateKey Key(string name) => PrivateKey.Derive(Secret(name));

    public static Hash32 Secret(string name) => Hash("key " + name);

    public static Address Person(string name) => Key(name).Address;

    public static Hash32 Hash(string name) => Keccak.HashUtf8("gaib.vector " + name);

    public static IEnumerable<Hash32> Hashes(string name, int count) => Enumerable.Range(0, count).Select(i => Hash($"{name} {i}"));
}
