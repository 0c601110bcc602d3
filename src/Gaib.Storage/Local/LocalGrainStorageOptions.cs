using Orleans.Runtime;
using Orleans.Storage;

namespace Gaib.Storage.Local;

/// <summary>Options of <see cref="LocalGrainStorage"/>.</summary>
public sealed class LocalGrainStorageOptions : IStorageProviderSerializerOptions
{
    /// <summary>The folder of the files; one for each named storage. Required. Made if it does not exist.</summary>
    public string Folder { get; set; } = "";

    /// <summary>How states become bytes. Default: Orleans' native binary format.</summary>
    public IGrainStorageSerializer GrainStorageSerializer { get; set; } = null!;

    /// <summary>The stage of the silo's life at which the folder is taken hold of. Default: that of storage providers.</summary>
    public int InitStage { get; set; } = ServiceLifecycleStage.ApplicationServices;

    /// <summary>For tests: makes the disk fail. Default: none.</summary>
    public AtomicFileFault? Fault { get; set; }
}

/// <summary>Checks <see cref="LocalGrainStorageOptions"/> when the silo is built.</summary>
/// <param name="options">The options.</param>
/// <param name="name">Name of the storage, for the message.</param>
public sealed class LocalGrainStorageOptionsValidator(LocalGrainStorageOptions options, string name) : IConfigurationValidator
{
    /// <inheritdoc/>
    public void ValidateConfiguration()
    {
        if (string.IsNullOrWhiteSpace(options.Folder))
        {
            throw new OrleansConfigurationException(
                $"{nameof(LocalGrainStorageOptions)}.{nameof(options.Folder)} of the grain storage '{name}' is required.");
        }
    }
}
