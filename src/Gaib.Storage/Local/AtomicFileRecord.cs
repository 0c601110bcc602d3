using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Gaib.Storage.Local;

/// <summary>What a record holds. The numbers are part of the file format.</summary>
internal enum AtomicFileKind : ushort
{
    /// <summary>The state of a grain.</summary>
    GrainState = 1,

    /// <summary>A reminder.</summary>
    Reminder = 2,
}

/// <summary>
/// A record in a file, format 1, integers little-endian:
/// <c>"GAIBFILE" | u16 format | u16 kind | u32 key length | u32 ETag length | u64 body length | key | ETag | XxHash128 of all this |
/// body | XxHash128 of the body</c>. Two checksums, so that the error says which part is broken.
/// </summary>
/// <param name="Key">What the record is of, for people and against files that were moved.</param>
/// <param name="ETag">The version that the next writer must name.</param>
/// <param name="Body">The content.</param>
internal sealed record AtomicFileRecord(string Key, string ETag, ReadOnlyMemory<byte> Body)
{
    private const ushort Format = 1;
    private const int FixedLength = 28;
    private const int ChecksumLength = 16;
    private static readonly byte[] Magic = "GAIBFILE"u8.ToArray();

    /// <summary>The record as pieces of a file; the body is not copied.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Encode(AtomicFileKind kind)
    {
        var key = Encoding.UTF8.GetBytes(Key);
        var etag = Encoding.UTF8.GetBytes(ETag);
        var header = new byte[FixedLength + key.Length + etag.Length + ChecksumLength];
        Magic.CopyTo(header, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), Format);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(10), (ushort)kind);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), key.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), etag.Length);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(20), Body.Length);
        key.CopyTo(header, FixedLength);
        etag.CopyTo(header, FixedLength + key.Length);
        XxHash128.Hash(header.AsSpan(..^ChecksumLength), header.AsSpan(header.Length - ChecksumLength));
        return [header, Body, XxHash128.Hash(Body.Span)];
    }

    /// <summary>Reads a record.</summary>
    /// <param name="path">Where the bytes are from, for the error.</param>
    /// <param name="bytes">The whole file.</param>
    /// <param name="kind">What must be in it.</param>
    /// <param name="key">Of what it must be; null takes any.</param>
    /// <exception cref="AtomicFileCorruptException">Something is not as it was written; says where.</exception>
    internal static AtomicFileRecord Decode(string path, ReadOnlyMemory<byte> bytes, AtomicFileKind kind, string? key)
    {
        var span = bytes.Span;
        Require(span.Length >= FixedLength, path, span.Length, "the file ends within the header");
        Require(span[..8].SequenceEqual(Magic), path, 0, "this is no record of Gaib");
        var format = BinaryPrimitives.ReadUInt16LittleEndian(span[8..]);
        Require(format == Format, path, 8, $"the format is {format}, known is {Format}");
        var keyLength = BinaryPrimitives.ReadUInt32LittleEndian(span[12..]);
        var etagLength = BinaryPrimitives.ReadUInt32LittleEndian(span[16..]);
        var headerLength = (long)FixedLength + keyLength + etagLength;
        Require(span.Length >= headerLength + ChecksumLength, path, 12, "the header is longer than the file");
        var header = span[..(int)headerLength];
        var headerHash = span.Slice((int)headerLength, ChecksumLength);
        Require(XxHash128.Hash(header).AsSpan().SequenceEqual(headerHash), path, 8, "the header's checksum is wrong");

        // From here on the header is what was written; it may still be the header of another file.
        var found = (AtomicFileKind)BinaryPrimitives.ReadUInt16LittleEndian(span[10..]);
        Require(found == kind, path, 10, $"the record is a {found}, not a {kind}");
        var foundKey = Encoding.UTF8.GetString(header.Slice(FixedLength, (int)keyLength));
        Require(key is null || key == foundKey, path, FixedLength, $"the record is of '{foundKey}', not of '{key}'");
        var bodyStart = (int)headerLength + ChecksumLength;
        var bodyLength = BinaryPrimitives.ReadUInt64LittleEndian(span[20..]);
        var present = (ulong)(span.Length - bodyStart);
        Require(present == bodyLength + ChecksumLength, path, bodyStart, $"{present} bytes follow the header instead of {bodyLength + ChecksumLength}");
        var body = bytes.Slice(bodyStart, (int)bodyLength);
        Require(
            XxHash128.Hash(body.Span).AsSpan().SequenceEqual(span[^ChecksumLength..]), path, bodyStart, "the body's checksum is wrong");
        return new AtomicFileRecord(foundKey, Encoding.UTF8.GetString(header[^(int)etagLength..]), body);
    }

    private static void Require(bool holds, string path, long offset, string problem)
    {
        if (!holds)
        {
            throw new AtomicFileCorruptException(path, offset, problem);
        }
    }
}

/// <summary>A file is not as it was written. It is refused; nothing of it is used.</summary>
public sealed class AtomicFileCorruptException : IOException
{
    /// <summary>Names the file and the place.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">Where the part that is broken begins, in bytes.</param>
    /// <param name="problem">What is wrong, as a clause.</param>
    public AtomicFileCorruptException(string path, long offset, string problem)
        : base($"{path} is corrupt at offset {offset}: {problem}.") => (Path, Offset) = (path, offset);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Where the part that is broken begins, in bytes.</summary>
    public long Offset { get; }
}
