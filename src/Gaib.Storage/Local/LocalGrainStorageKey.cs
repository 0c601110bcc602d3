using System.Buffers.Binary;
using System.Text;
using Gaib.Domain;
using Orleans.Runtime;

namespace Gaib.Storage.Local;

/// <summary>The name of a file, and the text that says what is in it.</summary>
/// <param name="FileName">64 hexadecimal digits: keccak256 over the parts, each after its length as a 32-bit little-endian integer.</param>
/// <param name="Text">For people: <c>type/key#name</c>.</param>
internal readonly record struct LocalGrainStorageKey(string FileName, string Text)
{
    /// <summary>Of a grain and a state's or reminder's name; any characters.</summary>
    internal static LocalGrainStorageKey Of(GrainId grain, string name)
    {
        var bytes = new List<byte>(128);
        Append(bytes, grain.Type.AsSpan());
        Append(bytes, grain.Key.AsSpan());
        Append(bytes, Encoding.UTF8.GetBytes(name));
        return new LocalGrainStorageKey(Keccak.Hash([.. bytes]).ToString()[2..], $"{grain}#{name}");
    }

    private static void Append(List<byte> bytes, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        bytes.AddRange(length);
        bytes.AddRange(part);
    }
}
