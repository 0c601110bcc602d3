using System.Reflection;
using System.Runtime.CompilerServices;
using Orleans;

namespace Gaib.House.Tests;

/// <summary>A member without a number is silently left out of storage and messages.</summary>
public sealed class SerializedTypeTests
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    public static TheoryData<string> Projects => ["Gaib.Domain", "Gaib.Abstractions", "Gaib.Grains", "Gaib.Storage", "Gaib.Client", "Gaib.Silo"];

    [Theory]
    [MemberData(nameof(Projects))]
    public void SerializedTypes_EveryMember_HasItsNumber(string project) =>
        Offenders.None(Compiled.TypesOf(project).Where(IsSerialized).SelectMany(Unnumbered));

    [Theory]
    [MemberData(nameof(Projects))]
    public void SerializedTypes_Numbers_AreUsedOnce(string project) => Offenders.None(
        from type in Compiled.TypesOf(project).Where(IsSerialized)
        from same in FieldsOf(type).Select(NumberOf).OfType<uint>().GroupBy(id => id)
        where same.Count() > 1
        select $"{type}: Id {same.Key} is used {same.Count()} times");

    [Fact]
    public void Rules_Offenders_AreCaught()
    {
        Assert.Equal(
            ["Forgotten", "_field"],
            Unnumbered(typeof(Offender)).Select(name => name.Split('.')[^1]).Order(StringComparer.Ordinal));
        Offenders.None(Unnumbered(typeof(Good)));
    }

    private static bool IsSerialized(Type type) => type.IsDefined(typeof(GenerateSerializerAttribute), inherit: false) && !type.IsEnum;

    private static IEnumerable<string> Unnumbered(Type type) =>
        from field in FieldsOf(type)
        where NumberOf(field) is null
        select $"{type}.{PropertyOf(field)?.Name ?? field.Name}";

    private static IEnumerable<FieldInfo> FieldsOf(Type type) =>
        type.GetFields(Own).Where(field => !field.IsDefined(typeof(NonSerializedAttribute)));

    private static uint? NumberOf(FieldInfo field) =>
        (field.GetCustomAttribute<IdAttribute>() ?? PropertyOf(field)?.GetCustomAttribute<IdAttribute>())?.Id;

    private static PropertyInfo? PropertyOf(FieldInfo field) =>
        field.IsDefined(typeof(CompilerGeneratedAttribute)) && field.Name.StartsWith('<')
            ? field.DeclaringType!.GetProperty(field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)], Own)
            : null;

    private sealed record Offender([property: Id(0)] int Numbered, int Forgotten)
    {
        private readonly int _field = Numbered;

        public int Computed => _field;
    }

    private sealed record Good([property: Id(0)] int A)
    {
        [Id(1)]
        public int B { get; init; }

        public int Computed => A + B;
    }
}
