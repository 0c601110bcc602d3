using System.Reflection;
using Gaib.Abstractions.Compute;
using Gaib.Abstractions.Money;
using Gaib.Abstractions.Ports;
using Gaib.Domain;
using Gaib.Domain.Money;
using Gaib.Domain.Settlement;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Gaib.Grains.Tests.Serialisation;

/// <summary>What grains say, publish and store comes back as it was, to the last member.</summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    private static readonly IServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private static int Seeds { get; } = Environment.GetEnvironmentVariable("GAIB_NIGHTLY") == "1" ? 500 : 12;

    [Fact]
    public void EveryTypeAtABoundary_SerialisedOrCopied_IsTheSameToTheLastMember()
    {
        var serializer = Services.GetRequiredService<Serializer>();
        var copier = Services.GetRequiredService<DeepCopier>();
        var faults = new List<string>();
        var types = BoundaryTypes.Ordered.Where(type => !type.IsAbstract).Concat(BoundaryTypes.Said.Where(type => !type.IsEnum)).Distinct().ToArray();
        foreach (var type in types)
        {
            for (var seed = 0; seed < Seeds; seed++)
            {
                var value = new AnyValue(seed).Of(type)!;
                try
                {
                    var read = serializer.Deserialize<object>(serializer.SerializeToArray(value));
                    var copy = copier.Copy(value);
                    string?[] found = [AnyValue.Difference(value, read, $"{type}"), AnyValue.Difference(value, copy, $"copy of {type}")];
                    faults.AddRange(found.OfType<string>());
                }
                catch (Exception fault) when (fault is not NotSupportedException)
                {
                    faults.Add($"{type}: {fault.Message}");
                }
            }
        }

        output.WriteLine($"{types.Length} types, {Seeds} values each");
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(40)));
    }

    [Fact]
    public void EveryTypeAtABoundary_IsMarkedWithAllItsMembers()
    {
        var unmarked = BoundaryTypes.Ordered.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is null).ToArray();
        var silent = BoundaryTypes.Ordered.SelectMany(BoundaryTypes.FieldsOf).Where(field => !IsMarked(field))
            .Select(field => $"{field.DeclaringType}.{field.Name}").Distinct().ToArray();

        Assert.True(unmarked.Length == 0, $"No [GenerateSerializer]: {string.Join(", ", unmarked.AsEnumerable())}");
        Assert.True(silent.Length == 0, $"No [Id]: {string.Join(", ", silent)}");
    }

    [Fact]
    public void BoundaryTypes_Found_AreNotFewer()
    {
        output.WriteLine(string.Join('\n', BoundaryTypes.Ordered));
        var grains = BoundaryTypes.GrainInterfaces().Count();
        output.WriteLine($"{grains} interfaces, {BoundaryTypes.Said.Count} said, {BoundaryTypes.Stored.Count} stored");
        output.WriteLine($"{BoundaryTypes.Ordered.Count} in all");

        // What is found by reflection must not shrink unseen; more is welcome.
        Assert.InRange(grains, 15, 100);
        Assert.InRange(BoundaryTypes.Said.Count, 80, 1_000);
        Assert.InRange(BoundaryTypes.Stored.Count, 13, 100);
        Assert.InRange(BoundaryTypes.Ordered.Count, 195, 2_000);
        Type[] known =
        [
            typeof(Transfer), typeof(BookReply), typeof(PoolView), typeof(Rejection), typeof(Hash32), typeof(SettlementPolicy), typeof(Withdrawn),
            typeof(Signature), typeof(TrainTask),
        ];
        Assert.All(known, type => Assert.Contains(type, BoundaryTypes.Ordered));
    }

    [Fact]
    public void EveryExceptionOfAPort_Serialised_KeepsItsMessage()
    {
        var serializer = Services.GetRequiredService<Serializer>();
        var types = typeof(IBookGrain).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Exception)));
        var corrupt = new ChunkCorruptException(Keccak.HashUtf8("expected"), Keccak.HashUtf8("actual"), "where");
        var busy = new BookBusyException(new Rejection(Reason.BookBusy, 10, 9, "book-0"));
        Exception[] thrown = [new JournalUnavailableException("what happened", new IOException("why")), corrupt, new DeviceLostException("gone"), busy];
        Assert.Equal(types.Select(type => type.Name).Order(), thrown.Select(fault => fault.GetType().Name).Order());

        var read = thrown.Select(fault => serializer.Deserialize<Exception>(serializer.SerializeToArray(fault))!).ToArray();
        Assert.All(thrown.Zip(read), pair => Assert.Equal(
            (pair.First.GetType(), pair.First.Message, pair.First.InnerException?.Message),
            (pair.Second.GetType(), pair.Second.Message, pair.Second.InnerException?.Message)));
        var again = Assert.IsType<ChunkCorruptException>(read[1]);
        Assert.Equal((corrupt.Expected, corrupt.Actual, corrupt.Location), (again.Expected, again.Actual, again.Location));
        Assert.Equal(busy.Rejection, Assert.IsType<BookBusyException>(read[3]).Rejection);
    }

    [Fact]
    public void Difference_OfOneMember_IsSeen()
    {
        var value = new Withdrawn(1, 2, 3, 4, 5);
        Assert.Null(AnyValue.Difference(value, value with { }, "w"));
        Assert.Equal("w.<Epoch>k__BackingField: 4 became 0", AnyValue.Difference(value, value with { Epoch = 0 }, "w"));
        Assert.NotNull(AnyValue.Difference(new PolicySet(null!), value, "w"));
    }

    /// <summary>An Id stands on the field itself or on the property that it backs.</summary>
    private static bool IsMarked(FieldInfo field)
    {
        var name = field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
        return field.GetCustomAttribute<IdAttribute>() is not null
            || field.DeclaringType!.GetProperty(name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                ?.GetCustomAttribute<IdAttribute>() is not null;
    }
}
