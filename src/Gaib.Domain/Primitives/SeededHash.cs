namespace Gaib.Domain;

/// <summary>
/// Hash codes for tables in memory, of keys that strangers choose. The seed is the framework's own, drawn anew for each process, so
/// that nobody can grind keys that collide; nothing that is stored, sent or ordered depends on it.
/// </summary>
internal static class SeededHash
{
    private static readonly ulong First = Seed(1);
    private static readonly ulong Second = Seed(2);

    /// <summary>32 well-mixed bits of three words: two folded 64 × 64 → 128 bit products, as in wyhash.</summary>
    public static int Of(ulong a, ulong b, ulong c) => (int)(Fold(Fold(a ^ First, b ^ Second) ^ First, c ^ Second) >> 32);

    /// <summary>The same of four words.</summary>
    public static int Of(ulong a, ulong b, ulong c, ulong d) =>
        (int)(Fold(Fold(a ^ First, b ^ Second) ^ First, Fold(c ^ Second, d ^ First) ^ Second) >> 32);

    private static ulong Fold(ulong x, ulong y) => Math.BigMul(x, y, out var low) ^ low;

    private static ulong Seed(int number) =>
        ((ulong)(uint)HashCode.Combine(number, 1) << 32) | (uint)HashCode.Combine(number, 2) | 1;
}
