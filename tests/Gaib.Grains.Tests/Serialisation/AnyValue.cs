using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Gaib.Grains.Tests.Serialisation;

/// <summary>
/// Makes values of any type that grains exchange: member by member, past every constructor and check, and no member as it is by
/// default, so that one that gets lost on the way is seen. And compares two of them the same way.
/// </summary>
internal sealed class AnyValue(int seed)
{
    private const int DepthMax = 12;

    private readonly Random _random = new(seed);
    private readonly NullabilityInfoContext _nullability = new();
    private ulong _next;

    public object? Of(Type type, int depth = 0)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Of(underlying, depth);
        }

        if (type.IsEnum)
        {
            var named = Enum.GetValues(type).Cast<object>().Where(value => Convert.ToInt64(value, CultureInfo.InvariantCulture) != 0).ToArray();
            return named[_random.Next(named.Length)];
        }

        return Simple(type) ?? (type.IsArray || type.IsGenericType && !BoundaryTypes.IsOurs(type) ? Collection(type, depth) : Members(type, depth));
    }

    /// <summary>The first member in which two values differ; null when they are equal.</summary>
    public static string? Difference(object? expected, object? actual, string path)
    {
        if (expected is null || actual is null)
        {
            return expected is null && actual is null ? null : $"{path}: {expected ?? "null"} became {actual ?? "null"}";
        }

        var type = expected.GetType();
        if (type != actual.GetType())
        {
            return $"{path}: a {type} became a {actual.GetType()}";
        }

        if (expected is ReadOnlyMemory<byte> memory)
        {
            return memory.Span.SequenceEqual(((ReadOnlyMemory<byte>)actual).Span) ? null : $"{path}: the bytes differ";
        }

        if (BoundaryTypes.IsOurs(type) || type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>))
        {
            return BoundaryTypes.FieldsOf(type)
                .Select(field => Difference(field.GetValue(expected), field.GetValue(actual), $"{path}.{field.Name}"))
                .FirstOrDefault(difference => difference is not null);
        }

        if (expected is IEnumerable rows and not string)
        {
            var (before, after) = (Rows(rows), Rows((IEnumerable)actual));
            return before.Length != after.Length
                ? $"{path}: {before.Length} rows became {after.Length}"
                : before.Zip(after).Select((pair, i) => Difference(pair.First, pair.Second, $"{path}[{i}]")).FirstOrDefault(row => row is not null);
        }

        return expected.Equals(actual) ? null : $"{path}: {expected} became {actual}";
    }

    /// <summary>Rows of a collection without an order of its own are put into one.</summary>
    private static object[] Rows(IEnumerable rows)
    {
        var type = rows.GetType();
        var all = rows.Cast<object>();
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>)
            ? [.. all.OrderBy(row => row.ToString(), StringComparer.Ordinal)]
            : [.. all];
    }

    private object? Simple(Type type)
    {
        var number = _random.Next(3) switch { 0 => ++_next, 1 => ulong.MaxValue - ++_next, _ => (ulong)_random.NextInt64(1, long.MaxValue) };
        return type == typeof(bool) ? true
            : type == typeof(byte) ? (byte)(number | 1)
            : type == typeof(sbyte) ? (sbyte)(number | 1)
            : type == typeof(ushort) ? (ushort)(number | 1)
            : type == typeof(short) ? (short)(number | 1)
            : type == typeof(uint) ? (uint)number | 1
            : type == typeof(int) ? (int)number | 1
            : type == typeof(ulong) ? number
            : type == typeof(long) ? (long)number
            : type == typeof(UInt128) ? new UInt128(number, ~number)
            : type == typeof(Int128) ? (Int128)new UInt128(number, ~number)
            : type == typeof(string) ? $"text {number} ä€"
            : type == typeof(ReadOnlyMemory<byte>) ? new ReadOnlyMemory<byte>(BitConverter.GetBytes(number))
            : null;
    }

    private object Members(Type type, int depth)
    {
        if (!BoundaryTypes.IsOurs(type))
        {
            throw new NotSupportedException($"{type} crosses a boundary, and nobody said how to make one.");
        }

        var kinds = BoundaryTypes.KindsOf(type);
        var value = RuntimeHelpers.GetUninitializedObject(kinds[_random.Next(kinds.Length)]);
        foreach (var field in BoundaryTypes.FieldsOf(value.GetType()))
        {
            // Every fourth value that may be missing is; the first value of a type has all.
            var missing = seed > 0 && _random.Next(4) == 0 && MayBeMissing(field);
            field.SetValue(value, depth > DepthMax || missing ? null : Of(field.FieldType, depth + 1));
        }

        return value;
    }

    private bool MayBeMissing(FieldInfo field) => _nullability.Create(field).WriteState == NullabilityState.Nullable;

    private object Collection(Type type, int depth)
    {
        var parts = type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments();
        var method = type.IsArray ? nameof(Array)
            : type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) ? nameof(ImmutableArrayOf)
            : type.GetGenericTypeDefinition() == typeof(ImmutableSortedDictionary<,>) ? nameof(SortedOf)
            : type.GetGenericTypeDefinition() == typeof(ImmutableDictionary<,>) ? nameof(DictionaryOf)
            : type.GetGenericTypeDefinition() == typeof(ImmutableList<>) ? nameof(ListOf)
            : type.GetGenericTypeDefinition() == typeof(ImmutableSortedSet<>) ? nameof(SortedSetOf)
            : type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) ? nameof(PairOf)
            : throw new NotSupportedException($"{type} crosses a boundary, and nobody said how to make one.");
        return typeof(AnyValue).GetMethod(method, BindingFlags.Instance | BindingFlags.NonPublic)!
            .MakeGenericMethod(parts).Invoke(this, [depth])!;
    }

    private T[] Array<T>(int depth) =>
        [.. Enumerable.Range(0, depth > DepthMax ? 0 : _random.Next(seed == 0 ? 1 : 0, 4)).Select(_ => (T)Of(typeof(T), depth + 1)!)];

    private ImmutableArray<T> ImmutableArrayOf<T>(int depth) => [.. Array<T>(depth)];

    private ImmutableList<T> ListOf<T>(int depth) => [.. Array<T>(depth)];

    private ImmutableSortedSet<T> SortedSetOf<T>(int depth) => [.. Array<T>(depth)];

    private ImmutableSortedDictionary<TKey, TValue> SortedOf<TKey, TValue>(int depth)
        where TKey : notnull => Array<TKey>(depth).Distinct().ToImmutableSortedDictionary(key => key, _ => (TValue)Of(typeof(TValue), depth + 1)!);

    private ImmutableDictionary<TKey, TValue> DictionaryOf<TKey, TValue>(int depth)
        where TKey : notnull => Array<TKey>(depth).Distinct().ToImmutableDictionary(key => key, _ => (TValue)Of(typeof(TValue), depth + 1)!);

    private KeyValuePair<TKey, TValue> PairOf<TKey, TValue>(int depth) =>
        new((TKey)Of(typeof(TKey), depth + 1)!, (TValue)Of(typeof(TValue), depth + 1)!);
}
