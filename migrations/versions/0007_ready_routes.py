"""Ready-made routes."""
import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        'ready_route',
        sa.Column('slug', sa.String(length=60), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('promoted_by', sa.String(length=120), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('slug', name=op.f('pk_ready_route')),
    )
    with op.batch_alter_table('ready_route', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ready_route_state'), ['state'], unique=False)


def downgrade() -> None:
    op.drop_table('ready_route')
