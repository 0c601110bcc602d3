using System.Reflection;
using Gaib.Abstractions;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Revenue;
using Gaib.Domain;
using Orleans.Serialization;

namespace Gaib.Grains.Tests.Serialisation;

/// <summary>Every type that leaves a grain: said to another one, published on a stream, or stored.</summary>
internal static class BoundaryTypes
{
    private static readonly Assembly[] Ours = [typeof(Hash32).Assembly, typeof(IBookGrain).Assembly, typeof(KeptGrain<>).Assembly];

    /// <summary>What grains take and answer.</summary>
    public static IReadOnlyList<Type> Said { get; } =
    [
        .. GrainInterfaces().SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType))
            .Select(Answer).Where(type => type != typeof(void)).Distinct(),
    ];

    /// <summary>What streams carry.</summary>
    public static IReadOnlyList<Type> Published { get; } = [typeof(RevenueNotice)];

    /// <summary>What grains store, and what they write into chunks by the serializer.</summary>
    public static IReadOnlyList<Type> Stored { get; } =
    [
        .. Ours[2].GetTypes().Where(type => typeof(IGrain).IsAssignableFrom(type) && type is { IsClass: true, IsAbstract: false })
            .SelectMany(type => type.GetConstructors()).SelectMany(constructor => constructor.GetParameters())
            .Select(parameter => parameter.ParameterType).Where(type => type.IsGenericType)
            .Where(type => type.GetGenericTypeDefinition() == typeof(IPersistentState<>) || type.GetGenericTypeDefinition() == typeof(Serializer<>))
            .Select(type => type.GetGenericArguments()[0]).Distinct(),
    ];

    /// <summary>All of our own types in them: arguments of generic types, members of members, and every kind of an abstract one.</summary>
    public static IReadOnlyList<Type> Ordered { get; } = [.. Closure().OrderBy(type => type.ToString(), StringComparer.Ordinal)];

    public static IEnumerable<Type> GrainInterfaces() =>
        Ours[1].GetTypes().Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type));

    public static bool IsOurs(Type type) => Ours.Contains(type.Assembly) && !type.IsEnum && !type.IsInterface;

    /// <summary>The types that an instance of this one may be.</summary>
    public static Type[] KindsOf(Type type) => type.IsAbstract
        ? [.. Ours.SelectMany(assembly => assembly.GetTypes())
            .Where(kind => kind is { IsAbstract: false, ContainsGenericParameters: false } && kind.IsSubclassOf(type))
            .OrderBy(kind => kind.FullName, StringComparer.Ordinal)]
        : [type];

    /// <summary>Every member of an instance, whoever declares it.</summary>
    public static IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (var level = type; level is not null && level != typeof(object) && level != typeof(ValueType); level = level.BaseType)
        {
            foreach (var field in level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return field;
            }
        }
    }

    private static Type Answer(Type type) =>
        type == typeof(Task) || type == typeof(ValueTask) ? typeof(void)
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>) ? type.GetGenericArguments()[0]
        : type;

    private static HashSet<Type> Closure()
    {
        var (found, seen) = (new HashSet<Type>(), new HashSet<Type>());
        var open = new Queue<Type>([.. Said, .. Published, .. Stored]);
        while (open.TryDequeue(out var type))
        {
            if (!seen.Add(type))
            {
                continue;
            }

            foreach (var part in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
            {
                open.Enqueue(part);
            }

            if (!IsOurs(type))
            {
                continue;
            }

            found.Add(type);
            foreach (var next in FieldsOf(type).Select(field => field.FieldType).Concat(KindsOf(type)))
            {
                open.Enqueue(next);
            }
        }

        return found;
    }
}
