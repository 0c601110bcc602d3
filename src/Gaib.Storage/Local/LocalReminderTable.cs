using System.Globalization;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Runtime;

namespace Gaib.Storage.Local;

/// <summary>
/// Reminders on the local disk, one file each. A file's name begins with the grain's place on the ring, so that a silo finds its
/// range, and a grain its reminders, by names alone.
/// </summary>
public sealed class LocalReminderTable : IReminderTable, IDisposable
{
    private readonly AtomicFileFolder _folder;

    /// <summary>Made by <see cref="LocalReminderTableExtensions"/>.</summary>
    public LocalReminderTable(IOptions<LocalReminderTableOptions> options) =>
        _folder = new AtomicFileFolder(options.Value.Folder, options.Value.Fault);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.Run(() => { _folder.Own(); }, cancellationToken);

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(GrainId grainId)
    {
        var ring = RingOf(grainId);
        var rows = await Task.Run(() => ReadAll(_folder.Names(ring)));
        return new ReminderTableData(rows.Where(row => row.GrainId == grainId));
    }

    /// <inheritdoc/>
    public async Task<ReminderTableData> ReadRows(uint begin, uint end)
    {
        var rows = await Task.Run(() => ReadAll(_folder.Names().Where(name => InRange(name, begin, end))));
        return new ReminderTableData(rows);
    }

    /// <inheritdoc/>
    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        var (name, key) = Locate(grainId, reminderName);
        return await Task.Run(() => Find(name, key));
    }

    /// <inheritdoc/>
    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        var (name, key) = Locate(entry.GrainId, entry.ReminderName);
        var record = new AtomicFileRecord(key, Guid.NewGuid().ToString("N"), LocalReminderTableRow.Encode(entry));
        await Task.Run(() =>
        {
            lock (_folder.Own().Gate(name))
            {
                _folder.Write(name, key, record.Encode(AtomicFileKind.Reminder));
            }
        });
        return record.ETag;
    }

    /// <inheritdoc/>
    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        var (name, key) = Locate(grainId, reminderName);
        return Task.Run(() =>
        {
            lock (_folder.Own().Gate(name))
            {
                if (Find(name, key)?.ETag != eTag)
                {
                    return false;
                }

                _folder.Delete(name, key);
                return true;
            }
        });
    }

    /// <inheritdoc/>
    public Task TestOnlyClearTable() => Task.Run(() =>
    {
        _folder.Own();
        foreach (var name in _folder.Names().ToArray())
        {
            _folder.Delete(name, name);
        }
    });

    /// <summary>Lets go of the folder.</summary>
    public void Dispose() => _folder.Dispose();

    private static string RingOf(GrainId grainId) => grainId.GetUniformHashCode().ToString("x8", CultureInfo.InvariantCulture);

    private static (string Name, string Key) Locate(GrainId grainId, string reminderName)
    {
        var key = LocalGrainStorageKey.Of(grainId, reminderName);
        return (RingOf(grainId) + key.FileName, key.Text);
    }

    /// <summary>The ring's ranges exclude their begin and include their end; equal ends mean the whole ring.</summary>
    private static bool InRange(string name, uint begin, uint end)
    {
        var ring = uint.Parse(name.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return begin < end ? ring > begin && ring <= end : begin == end || ring > begin || ring <= end;
    }

    private List<ReminderEntry> ReadAll(IEnumerable<string> names) =>
        [.. names.Select(name => Find(name, null)).OfType<ReminderEntry>()];

    private ReminderEntry? Find(string name, string? key)
    {
        if (_folder.Read(name, key ?? name) is not { } bytes)
        {
            return null;
        }

        var path = _folder.PathOf(name);
        return LocalReminderTableRow.Decode(path, AtomicFileRecord.Decode(path, bytes, AtomicFileKind.Reminder, key));
    }
}
