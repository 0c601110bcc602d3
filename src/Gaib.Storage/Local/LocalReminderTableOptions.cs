using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;

namespace Gaib.Storage.Local;

/// <summary>Options of <see cref="LocalReminderTable"/>.</summary>
public sealed class LocalReminderTableOptions
{
    /// <summary>The folder of the files. Required. Made if it does not exist.</summary>
    public string Folder { get; set; } = "";

    /// <summary>For tests: makes the disk fail. Default: none.</summary>
    public AtomicFileFault? Fault { get; set; }
}

/// <summary>Checks <see cref="LocalReminderTableOptions"/> when the silo is built.</summary>
/// <param name="options">The options.</param>
public sealed class LocalReminderTableOptionsValidator(IOptions<LocalReminderTableOptions> options) : IConfigurationValidator
{
    /// <inheritdoc/>
    public void ValidateConfiguration()
    {
        if (string.IsNullOrWhiteSpace(options.Value.Folder))
        {
            throw new OrleansConfigurationException(
                $"{nameof(LocalReminderTableOptions)}.{nameof(LocalReminderTableOptions.Folder)} is required.");
        }
    }
}
