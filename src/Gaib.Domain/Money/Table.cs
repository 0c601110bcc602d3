using System.Numerics;

namespace Gaib.Domain.Money;

/// <summary>
/// Rows found by key, kept in the order of their insertion in blocks that never move, so that a row may be held by reference. While
/// a chain of linked transfers is open it keeps the old value of every touched row, so that the chain can be taken back whole. A
/// frozen view shares the blocks: whoever writes to a shared block first copies it.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <typeparam name="TValue">The row, a mutable struct.</typeparam>
internal sealed class Table<TKey, TValue>
    where TKey : struct, IEquatable<TKey>
    where TValue : struct
{
    private const int BlockBits = 9;
    private const int BlockSize = 1 << BlockBits;

    private readonly List<TKey[]> _keys = [];
    private readonly List<Block> _blocks = [];
    private readonly List<(int Index, TValue Old)> _undo = [];
    private int[] _slots = NewSlots(64);
    private int _countAtBegin = -1;
    private int _generation;

    public int Count { get; private set; }

    /// <summary>A row for reading.</summary>
    public ref readonly TValue this[int index] => ref _blocks[index >> BlockBits].Rows[index & (BlockSize - 1)];

    public TKey KeyAt(int index) => _keys[index >> BlockBits][index & (BlockSize - 1)];

    public int Find(in TKey key) => _slots[SlotOf(key)];

    public bool Contains(in TKey key) => Find(key) >= 0;

    /// <summary>The row of the key for reading; the default value where there is none.</summary>
    public TValue Get(in TKey key)
    {
        var index = Find(key);
        return index < 0 ? default : this[index];
    }

    /// <summary>The row of the key for writing, added if missing, its old value kept while a chain is open.</summary>
    public ref TValue Touch(in TKey key)
    {
        var slot = SlotOf(key);
        var index = _slots[slot];
        return ref index < 0 ? ref OwnRow(Add(key, slot)) : ref Touch(index);
    }

    /// <summary>A row for writing, its old value kept while a chain is open.</summary>
    public ref TValue Touch(int index)
    {
        if (_countAtBegin >= 0 && index < _countAtBegin)
        {
            _undo.Add((index, this[index]));
        }

        return ref OwnRow(index);
    }

    public void Begin() => _countAtBegin = Count;

    public void Commit()
    {
        _undo.Clear();
        _countAtBegin = -1;
    }

    public void Rollback()
    {
        for (var i = _undo.Count - 1; i >= 0; i--)
        {
            OwnRow(_undo[i].Index) = _undo[i].Old;
        }

        // Rows are taken out in the reverse order of their insertion, so no later row's probe path ran over their slots.
        while (Count > _countAtBegin)
        {
            _slots[SlotOf(KeyAt(Count - 1))] = -1;
            OwnRow(--Count) = default;
        }

        Commit();
    }

    /// <summary>Makes room for that many rows, so that filling the table does not sort it again and again.</summary>
    public void Reserve(int count)
    {
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)int.Max(64, 2 * count));
        if (size > _slots.Length)
        {
            Resize(size);
        }
    }

    /// <summary>The rows as they are now, for reading on another thread while this one goes on. No chain may be open.</summary>
    public FrozenTable<TKey, TValue> Freeze()
    {
        _generation++;
        return new FrozenTable<TKey, TValue>([.. _keys], [.. _blocks.Select(block => block.Rows)], Count, BlockBits);
    }

    private ref TValue OwnRow(int index)
    {
        var at = index >> BlockBits;
        var block = _blocks[at];
        if (block.Generation != _generation)
        {
            _blocks[at] = block = new Block([.. block.Rows], _generation);
        }

        return ref block.Rows[index & (BlockSize - 1)];
    }

    private int Add(in TKey key, int slot)
    {
        if (Count == _blocks.Count << BlockBits)
        {
            _keys.Add(new TKey[BlockSize]);
            _blocks.Add(new Block(new TValue[BlockSize], _generation));
        }

        var index = Count++;
        _keys[index >> BlockBits][index & (BlockSize - 1)] = key;
        _slots[slot] = index;
        if (2 * Count > _slots.Length)
        {
            Resize(2 * _slots.Length);
        }

        return index;
    }

    private void Resize(int size)
    {
        _slots = NewSlots(size);
        for (var i = 0; i < Count; i++)
        {
            _slots[SlotOf(KeyAt(i))] = i;
        }
    }

    private int SlotOf(in TKey key)
    {
        var slots = _slots;
        var mask = slots.Length - 1;
        var slot = (int)((uint)key.GetHashCode() * 0x9E3779B1u >> (32 - BitOperations.Log2((uint)slots.Length)));
        while (slots[slot] >= 0 && !KeyAt(slots[slot]).Equals(key))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private static int[] NewSlots(int size)
    {
        var slots = new int[size];
        Array.Fill(slots, -1);
        return slots;
    }

    private readonly record struct Block(TValue[] Rows, int Generation);
}

/// <summary>The rows of a table at one moment.</summary>
/// <remarks>Rows beyond <paramref name="count"/> may be written meanwhile in the last block of keys; nobody looks at them.</remarks>
internal sealed class FrozenTable<TKey, TValue>(TKey[][] keys, TValue[][] rows, int count, int blockBits)
{
    public int Count => count;

    public TKey KeyAt(int index) => keys[index >> blockBits][index & ((1 << blockBits) - 1)];

    public ref readonly TValue this[int index] => ref rows[index >> blockBits][index & ((1 << blockBits) - 1)];
}
