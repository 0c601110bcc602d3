using Gaib.Storage.Local;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using Orleans.Storage;

namespace Gaib.Storage.Tests.Local;

/// <summary>A new folder that goes with the test, and stores in it.</summary>
internal sealed class LocalFolder : IDisposable
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    internal string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "gaib-tests", Guid.NewGuid().ToString("N"));

    internal static Serializer Serializer { get; } = Services.GetRequiredService<Serializer>();

    internal LocalGrainStorage Open(AtomicFileFault? fault = null) => new(
        "test",
        new LocalGrainStorageOptions { Folder = Path, Fault = fault, GrainStorageSerializer = new OrleansGrainStorageSerializer(Serializer) },
        Services.GetRequiredService<IActivatorProvider>());

    /// <summary>The stored files, without the lock and what is unfinished.</summary>
    internal string[] Files() => [.. Directory.EnumerateFiles(Path, "*", SearchOption.AllDirectories)
        .Where(file => System.IO.Path.GetRelativePath(Path, file)[0] != '.').Order(StringComparer.Ordinal)];

    internal string[] Unfinished() =>
        Directory.Exists(System.IO.Path.Combine(Path, ".tmp")) ? Directory.GetFiles(System.IO.Path.Combine(Path, ".tmp")) : [];

    /// <summary>A fault that throws at one point.</summary>
    internal static AtomicFileFault ThrowAt(AtomicFilePoint at, Exception exception) => (point, _) =>
    {
        if (point == at)
        {
            throw exception;
        }
    };

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}

/// <summary>The process dies here: no code of the store runs any more.</summary>
internal sealed class SimulatedCrashException : Exception;
