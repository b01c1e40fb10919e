"""Trips that somebody works on, with all their versions."""
import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'trip',
        sa.Column('id', sa.String(length=40), nullable=False),
        sa.Column('edit_secret', sa.String(length=64), nullable=False),
        sa.Column('view_secret', sa.String(length=64), nullable=False),
        sa.Column('account_id', sa.Integer(), nullable=True),
        sa.Column('language', sa.String(length=8), nullable=False),
        sa.Column('at', sa.Integer(), nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_trip')),
        sa.UniqueConstraint('edit_secret', name=op.f('uq_trip_edit_secret')),
        sa.UniqueConstraint('view_secret', name=op.f('uq_trip_view_secret')),
    )
    with op.batch_alter_table('trip', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_trip_account_id'), ['account_id'], unique=False)
    op.create_table(
        'trip_version',
        sa.Column('trip_id', sa.String(length=40), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('before', sa.Integer(), nullable=True),
        sa.Column('brief', sa.JSON(), nullable=False),
        sa.Column('itinerary', sa.JSON(), nullable=False),
        sa.Column('done', sa.JSON(), nullable=False),
        sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['trip_id'], ['trip.id'], name=op.f('fk_trip_version_trip_id_trip')),
        sa.PrimaryKeyConstraint('trip_id', 'number', name=op.f('pk_trip_version')),
    )


def downgrade() -> None:
    op.drop_table('trip_version')
    op.drop_table('trip')
