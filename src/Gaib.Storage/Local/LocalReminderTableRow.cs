using System.Buffers.Binary;
using System.Text;
using Orleans;
using Orleans.Runtime;

namespace Gaib.Storage.Local;

/// <summary>
/// A reminder as a record's body, integers little-endian: <c>i64 start (UTC ticks) | i64 period (ticks) | i32 type length | i32 key
/// length | grain type | grain key | name</c>.
/// </summary>
internal static class LocalReminderTableRow
{
    private const int FixedLength = 24;

    /// <summary>The body of a reminder.</summary>
    internal static byte[] Encode(ReminderEntry entry)
    {
        var type = entry.GrainId.Type.AsSpan();
        var key = entry.GrainId.Key.AsSpan();
        var name = Encoding.UTF8.GetBytes(entry.ReminderName);
        var start = entry.StartAt.Kind == DateTimeKind.Local ? entry.StartAt.ToUniversalTime() : entry.StartAt;
        var body = new byte[FixedLength + type.Length + key.Length + name.Length];
        BinaryPrimitives.WriteInt64LittleEndian(body, start.Ticks);
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(8), entry.Period.Ticks);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(16), type.Length);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(20), key.Length);
        type.CopyTo(body.AsSpan(FixedLength));
        key.CopyTo(body.AsSpan(FixedLength + type.Length));
        name.CopyTo(body.AsSpan(FixedLength + type.Length + key.Length));
        return body;
    }

    /// <summary>The reminder of a record whose checksum was right.</summary>
    /// <exception cref="AtomicFileCorruptException">The lengths do not fit: written by something else.</exception>
    internal static ReminderEntry Decode(string path, AtomicFileRecord record)
    {
        var body = record.Body.Span;
        var type = body.Length < FixedLength ? -1 : BinaryPrimitives.ReadInt32LittleEndian(body[16..]);
        var key = body.Length < FixedLength ? -1 : BinaryPrimitives.ReadInt32LittleEndian(body[20..]);
        if (type < 0 || key < 0 || (long)FixedLength + type + key > body.Length)
        {
            throw new AtomicFileCorruptException(path, 0, "the body is no reminder");
        }

        var rest = body[FixedLength..];
        return new ReminderEntry
        {
            GrainId = GrainId.Create(new GrainType(rest[..type].ToArray()), new IdSpan(rest.Slice(type, key).ToArray())),
            ReminderName = Encoding.UTF8.GetString(rest[(type + key)..]),
            StartAt = new DateTime(BinaryPrimitives.ReadInt64LittleEndian(body), DateTimeKind.Utc),
            Period = new TimeSpan(BinaryPrimitives.ReadInt64LittleEndian(body[8..])),
            ETag = record.ETag,
        };
    }
}
