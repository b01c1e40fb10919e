"""Suppliers' systems in a table of their own, and where each booking was made."""
import uuid

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

BOOKINGS = uuid.UUID('5f6e0d8c-6a2d-4f63-9d6a-1f4f5b0c7a11')


def upgrade() -> None:
    op.create_table(
        'supplier_system',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('supplier_id', sa.String(length=80), nullable=False),
        sa.Column('endpoint', sa.String(length=200), nullable=False),
        sa.Column('sealed_key', sa.Text(), nullable=False),
        sa.Column('ids', sa.JSON(), nullable=False),
        sa.Column('connected_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_supplier_system')),
        sa.UniqueConstraint('supplier_id', 'endpoint', name=op.f('uq_supplier_system_supplier_id_endpoint')),
    )
    op.create_table(
        'booked_in',
        sa.Column('uuid', sa.String(length=40), nullable=False),
        sa.Column('system_id', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ['system_id'], ['supplier_system.id'], name=op.f('fk_booked_in_system_id')
        ),
        sa.PrimaryKeyConstraint('uuid', name=op.f('pk_booked_in')),
    )
    with op.batch_alter_table('booked_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booked_in_system_id'), ['system_id'], unique=False)
    op.execute(
        "INSERT INTO supplier_system (supplier_id, endpoint, sealed_key, ids, connected_at)"
        " SELECT supplier_id, octo_endpoint, octo_key, octo_ids, COALESCE(approved_at, claimed_at, CURRENT_TIMESTAMP)"
        " FROM supplier_claim WHERE octo_endpoint <> ''"
    )
    _remember_what_was_booked()
    with op.batch_alter_table('supplier_claim', schema=None) as batch_op:
        batch_op.drop_column('octo_ids')
        batch_op.drop_column('octo_key')
        batch_op.drop_column('octo_endpoint')


def _remember_what_was_booked() -> None:
    """Until now whoever had a system was always asked there, and everybody else's bookings came from the allotment."""
    connection = op.get_bind()
    asked = connection.execute(
        sa.text(
            "SELECT line.order_id, line.number, system.id FROM order_line AS line"
            " LEFT JOIN supplier_system AS system ON system.supplier_id = line.supplier_id"
            " WHERE line.tried_at IS NOT NULL OR line.supplier_uuid <> ''"
        )
    ).all()
    for order_id, number, system_id in asked:
        connection.execute(
            sa.text("INSERT INTO booked_in (uuid, system_id) VALUES (:uuid, :system)"),
            {'uuid': str(uuid.uuid5(BOOKINGS, f'{order_id}:{number}:1')), 'system': system_id},
        )


def downgrade() -> None:
    with op.batch_alter_table('supplier_claim', schema=None) as batch_op:
        batch_op.add_column(sa.Column('octo_endpoint', sa.String(length=200), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('octo_key', sa.Text(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('octo_ids', sa.JSON(), nullable=False, server_default='{}'))
    for column, source in (('octo_endpoint', 'endpoint'), ('octo_key', 'sealed_key'), ('octo_ids', 'ids')):
        op.execute(
            f"UPDATE supplier_claim SET {column} = (SELECT {source} FROM supplier_system AS system"
            " WHERE system.supplier_id = supplier_claim.supplier_id AND system.ended_at IS NULL)"
            " WHERE supplier_id IN (SELECT supplier_id FROM supplier_system WHERE ended_at IS NULL)"
        )
    op.drop_table('booked_in')
    op.drop_table('supplier_system')
