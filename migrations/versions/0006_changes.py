"""Changes of booked trips."""
import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'trip_change',
        sa.Column('order_id', sa.String(length=40), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('state', sa.String(length=16), nullable=False),
        sa.Column('quote', sa.JSON(), nullable=False),
        sa.Column('quote_before', sa.JSON(), nullable=False),
        sa.Column('refunds', sa.JSON(), nullable=False),
        sa.Column('difference', sa.Integer(), nullable=False),
        sa.Column('hold_until', sa.DateTime(timezone=True), nullable=False),
        sa.Column('why', sa.String(length=60), nullable=False),
        sa.Column('asked_by', sa.String(length=120), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(['order_id'], ['trip_order.id'], name=op.f('fk_trip_change_order_id_trip_order')),
        sa.PrimaryKeyConstraint('order_id', 'number', name=op.f('pk_trip_change')),
    )
    with op.batch_alter_table('trip_change', schema=None) as batch_op:
        batch_op.create_index('ix_trip_change_live', ['state', 'hold_until'], unique=False)
    with op.batch_alter_table('trip_order', schema=None) as batch_op:
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=False, server_default='0'))
    with op.batch_alter_table('order_line', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proposed_by', sa.Integer(), nullable=True))
    with op.batch_alter_table('payment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('change', sa.Integer(), nullable=True))


def downgrade() -> None:
    # Not in a batch: that lays the table out anew, which foreign keys to it forbid where there are orders.
    op.drop_column('payment', 'change')
    op.drop_column('order_line', 'proposed_by')
    op.drop_column('trip_order', 'version')
    op.drop_table('trip_change')
